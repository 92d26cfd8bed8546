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
    // Members take up to a quarter of an hour to put back what is missing.
    if !problem.isDefinite { headers[.retryAfter] = problem == .recovering ? "60" : "1" }
    return Response(
      status: HTTPResponse.Status(code: problem.status), headers: headers,
      body: .init(byteBuffer: body(of: problem)))
  }

  static func body(of problem: RelayProblem) -> ByteBuffer {
    ByteBuffer(string: #"{"type":"\#(problem.type)","status":\#(problem.status)}"#)
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
