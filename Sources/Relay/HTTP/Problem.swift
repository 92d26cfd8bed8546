// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import HummingbirdCore
import NIOCore
import RelayProtocol

/// Refusals as problem documents (RFC 9457), with nothing in them that came with the request.
enum Problem {
  static func response(to error: RelayError) -> Response {
    var headers: HTTPFields = [.contentType: HeaderName.problemType]
    let problem = problem(of: error)
    switch error {
    case .tokenRetired(let last): headers[Fields.sequence] = String(last.value)
    case .notAt(let at):
      headers[Fields.head] = String(at.position.value)
      headers[Fields.chain] = Fields.text(at.chain)
    default: break
    }
    if !problem.isDefinite { headers[.retryAfter] = "1" }
    let body = #"{"type":"\#(problem.type)","status":\#(problem.status)}"#
    return Response(
      status: HTTPResponse.Status(code: problem.status), headers: headers,
      body: .init(byteBuffer: ByteBuffer(string: body)))
  }

  static func problem(of error: RelayError) -> RelayProblem {
    switch error {
    case .refused(let problem): problem
    case .tokenRetired: .tokenRetired
    case .notAt: .notAt
    case .unreachable, .outcomeUnknown, .malformedAnswer, .insecureAddress, .wrongPin, .untrusted:
      .outcomeUnknown
    }
  }
}
