// SPDX-License-Identifier: Apache-2.0

import MLS

/// Why a request was not answered; nothing has changed then.
struct InteropError: Error {
  /// The names are those of gRPC's status codes.
  enum Code: String {
    /// The line is no request, or a field is not what it has to be.
    case invalidArgument = "INVALID_ARGUMENT"
    /// No state, transaction, signer or re-initialisation has this id.
    case notFound = "NOT_FOUND"
    /// The state is not one for this.
    case failedPrecondition = "FAILED_PRECONDITION"
    /// No such method.
    case unimplemented = "UNIMPLEMENTED"
    /// MLS refused; the message names the rule.
    case aborted = "ABORTED"
  }

  var code: Code
  var message: String

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// Any error that came up in answering.
  init(_ error: any Error) {
    switch error {
    case let error as InteropError: self = error
    case let error as MLSError: self.init(Self.code(of: error), "\(error)")
    default: self.init(.invalidArgument, "\(error)")
    }
  }

  private static func code(of error: MLSError) -> Code {
    switch error {
    case .invalidArgument, .malformed: .invalidArgument
    case .groupInactive, .wrongEpoch, .missingPreSharedKey, .messageKeyUnavailable:
      .failedPrecondition
    default: .aborted
    }
  }

  var json: JSONValue { json(besides: []) }

  /// - Parameter unknownKeys: What may have been meant as something else; some are named.
  func json(besides unknownKeys: [String]) -> JSONValue {
    let names = unknownKeys.prefix(8).map { "; unknown: \($0.prefix(40))" }.joined()
    return .object(["code": .text(code.rawValue), "message": .text(message + names)])
  }
}
