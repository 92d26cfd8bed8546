// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird
import NIOCore
import RelayProtocol

/// Refusals as problem documents (RFC 9457), with nothing in them that came with the request.
enum Problem {
  static func response(to error: RelayError) -> Response {
    var headers: HTTPFields = [.contentType: HeaderName.problemType]
    let problem: RelayProblem
    switch error {
    case .refused(let refused): problem = refused
    case .tokenRetired(let last):
      problem = .tokenRetired
      headers[Fields.sequence] = String(last.value)
    case .notAt(let at):
      problem = .notAt
      headers[Fields.head] = String(at.position.value)
      headers[Fields.chain] = Fields.text(at.chain)
    case .unreachable, .outcomeUnknown, .malformedAnswer, .insecureAddress:
      problem = .outcomeUnknown
    }
    if !problem.isDefinite { headers[.retryAfter] = "1" }
    let body = #"{"type":"\#(problem.type)","status":\#(problem.status)}"#
    return Response(
      status: HTTPResponse.Status(code: problem.status), headers: headers,
      body: .init(byteBuffer: ByteBuffer(string: body)))
  }
}
