// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import RelayProtocol

/// The routes, with everything that each may answer: the router and the description are made from it.
enum RelayRoute: String, CaseIterable, Sendable {
  case describe = "GET /v1/relay"
  case create = "POST /v1/channel"
  case close = "DELETE /v1/channel"
  case extend = "POST /v1/channel/extend"
  case append = "POST /v1/envelope"
  case read = "GET /v1/envelope"
  case follow = "POST /v1/follow"
  case makeBlob = "POST /v1/blob"
  case putPart = "PUT /v1/blob/part"
  case sealBlob = "POST /v1/blob/seal"
  case blobState = "HEAD /v1/blob"
  case readBlob = "GET /v1/blob"
  case deleteBlob = "DELETE /v1/blob"

  init?(_ method: HTTPRequest.Method, _ path: String) {
    switch (method, path) {
    case (.post, "/v1/envelope"): self = .append
    case (.get, "/v1/envelope"): self = .read
    case (.post, "/v1/follow"): self = .follow
    case (.get, "/v1/relay"): self = .describe
    case (.post, "/v1/channel"): self = .create
    case (.delete, "/v1/channel"): self = .close
    case (.post, "/v1/channel/extend"): self = .extend
    case (.put, "/v1/blob/part"): self = .putPart
    case (.get, "/v1/blob"): self = .readBlob
    case (.head, "/v1/blob"): self = .blobState
    case (.post, "/v1/blob"): self = .makeBlob
    case (.post, "/v1/blob/seal"): self = .sealBlob
    case (.delete, "/v1/blob"): self = .deleteBlob
    default: return nil
    }
  }

  /// The methods of a path, for the `Allow` of an answer to another (RFC 9110 section 10.2.1).
  /// None for what is no path.
  static func methods(of path: String) -> [String] {
    allCases.filter { $0.path == path }.map(\.method)
  }

  var method: String { String(rawValue.prefix { $0 != " " }) }
  var path: String { String(rawValue.drop { $0 != " " }.dropFirst()) }

  /// Whether a request's body is read; a request that brings one elsewhere is malformed.
  var takesBody: Bool { self == .append || self == .follow || self == .putPart }

  /// Whether a token is looked at, which whoever has shown too many wrong ones has to wait for.
  var takesToken: Bool { self != .describe && self != .create }

  /// Whether the request itself carries one; a follow has them in its body.
  var needsToken: Bool { takesToken && self != .follow }

  /// For metrics: the route as a template, or `other` for what is no route.
  static let labels = allCases.map(\.rawValue) + ["other"]

  static func labelIndex(_ route: RelayRoute?) -> Int {
    switch route {
    case .describe: 0
    case .create: 1
    case .close: 2
    case .extend: 3
    case .append: 4
    case .read: 5
    case .follow: 6
    case .makeBlob: 7
    case .putPart: 8
    case .sealBlob: 9
    case .blobState: 10
    case .readBlob: 11
    case .deleteBlob: 12
    case nil: 13
    }
  }

  /// The statuses of success.
  var successes: [Int] {
    switch self {
    case .describe, .follow, .extend: [200]
    case .create: [201, 200]
    case .close: [204]
    case .append: [201, 200]
    case .read: [200, 204]
    case .makeBlob, .putPart, .sealBlob, .blobState, .readBlob, .deleteBlob:
      Self.blobSuccesses[self] ?? []
    }
  }

  /// What may be refused.
  var problems: [RelayProblem] { [.limited, .overloaded] + problemsOfItsOwn }

  /// What else than that there are too many requests.
  private var problemsOfItsOwn: [RelayProblem] {
    switch self {
    case .describe: [.malformed]
    case .create:
      [
        .malformed, .postageRequired, .postageInvalid, .postageSpent, .channelExists,
        .unavailable, .outcomeUnknown, .storeFull,
      ]
    case .close:
      [
        .malformed, .noSuchChannel, .tokenRetired, .unavailable,
        .outcomeUnknown, .storeFull,
      ]
    case .extend:
      [
        .malformed, .postageRequired, .postageInvalid, .postageSpent, .noSuchChannel,
        .tokenRetired, .unavailable, .outcomeUnknown, .storeFull,
      ]
    case .append:
      [
        .malformed, .noSuchChannel, .tokenRetired, .tokenReused, .idConflict, .notAt,
        .lengthRequired, .sizeClass, .unavailable, .recovering,
        .outcomeUnknown, .quota, .storeFull,
      ]
    case .read:
      [.malformed, .noSuchChannel, .beyondHead, .damaged, .unavailable]
    case .follow: [.malformed, .lengthRequired, .sizeClass]
    case .makeBlob, .putPart, .sealBlob, .blobState, .readBlob, .deleteBlob:
      Self.blobProblems[self] ?? []
    }
  }
}
