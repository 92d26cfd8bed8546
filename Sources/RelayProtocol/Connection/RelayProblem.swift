// SPDX-License-Identifier: Apache-2.0

/// What a relay refuses, `urn:alcove:error:NAME` (RFC 9457).
public enum RelayProblem: String, Error, Sendable, Hashable, CaseIterable {
  case malformed
  case lengthRequired = "length-required"
  case sizeClass = "size-class"
  case noSuchChannel = "no-such-channel"
  case channelExists = "channel-exists"
  case tokenRetired = "token-retired"
  case tokenReused = "token-reused"
  case idConflict = "id-conflict"
  case notAt = "not-at"
  case beyondHead = "beyond-head"
  case trimmed
  case quota
  case limited
  case overloaded
  case unavailable
  case recovering
  /// What lies there of this channel contradicts itself; the others are well.
  case damaged
  case outcomeUnknown = "outcome-unknown"
  case storeFull = "store-full"
  case postageRequired = "postage-required"
  case postageInvalid = "postage-invalid"
  case postageSpent = "postage-spent"
  case noSuchRoute = "no-such-route"
  case methodNotAllowed = "method-not-allowed"
  case noSuchBlob = "no-such-blob"
  case partConflict = "part-conflict"
  case sealed
  case partsMissing = "parts-missing"
  case hashMismatch = "hash-mismatch"
  case unsealed
  case beyondEnd = "beyond-end"

  /// The HTTP status that carries it.
  public var status: Int {
    switch self {
    case .malformed: 400
    case .postageRequired: 402
    case .postageInvalid: 403
    case .noSuchChannel, .noSuchRoute, .noSuchBlob: 404
    case .methodNotAllowed: 405
    case .channelExists, .tokenRetired, .tokenReused, .idConflict, .notAt, .postageSpent: 409
    case .partConflict, .sealed, .partsMissing, .hashMismatch, .unsealed: 409
    case .trimmed: 410
    case .lengthRequired: 411
    case .sizeClass: 413
    case .beyondHead, .beyondEnd: 416
    case .limited: 429
    case .damaged: 500
    case .overloaded, .unavailable, .recovering, .outcomeUnknown: 503
    case .quota, .storeFull: 507
    }
  }

  /// The `type` member of the problem document.
  public var type: String { "urn:alcove:error:\(rawValue)" }

  /// Whether the relay says for certain that it did nothing, and will say so again.
  public var isDefinite: Bool {
    switch self {
    case .overloaded, .unavailable, .recovering, .outcomeUnknown, .limited: false
    default: true
    }
  }
}
