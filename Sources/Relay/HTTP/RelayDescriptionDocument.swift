// SPDX-License-Identifier: Apache-2.0

import Foundation
import RelayProtocol

/// The protocol over HTTP as an OpenAPI 3.1 document, made from ``RelayRoute``.
package enum RelayDescriptionDocument {
  /// The document in JSON, with sorted keys.
  package static var json: String {
    let data = try? JSONSerialization.data(
      withJSONObject: document, options: [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes])
    return String(decoding: data ?? Data(), as: UTF8.self)
  }

  private static var document: [String: Any] {
    var paths: [String: [String: Any]] = [:]
    for route in RelayRoute.allCases {
      paths[route.path, default: [:]][route.method.lowercased()] = operation(route)
    }
    return [
      "openapi": "3.1.0",
      "info": [
        "title": "Alcove relay", "version": "1",
        "summary": "Blind logs of envelopes that the relay cannot open.",
        "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
      ],
      "servers": [["url": "/"]],
      "paths": paths,
      "components": [
        "securitySchemes": [
          "token": [
            "type": "http", "scheme": "bearer",
            "description": "The access token of a channel's epoch: 32 bytes in base64url.",
          ]
        ]
      ],
    ]
  }

  private static func operation(_ route: RelayRoute) -> [String: Any] {
    var responses: [String: Any] = [:]
    for status in route.successes { responses[String(status)] = success(route, status) }
    for (status, problems) in Dictionary(grouping: route.problems, by: \.status) {
      responses[String(status)] = refusal(status, problems, hasBody: route.method != "HEAD")
    }
    var operation: [String: Any] = [
      "operationId": "\(route)", "summary": summary(route), "responses": responses,
      "parameters": parameters(route),
    ]
    if route.needsToken { operation["security"] = [["token": [String]()]] }
    if route.takesBody {
      operation["requestBody"] = [
        "required": true,
        "content": ["application/octet-stream": ["schema": [String: Any]()]],
      ]
    }
    return operation
  }

  private static func summary(_ route: RelayRoute) -> String {
    switch route {
    case .describe: "What the relay is: versions, incarnation, size classes, identity, time."
    case .create: "Makes a channel; the same again is success."
    case .close: "Ends a channel for good; the same again is success."
    case .extend:
      "Has a channel last from today as long as its class does, for one token of postage."
    case .append:
      "Appends one envelope of exactly one size class; with Alcove-Turn, turns the lock."
    case .read: "Reads what lies behind a position, and waits for it if told to."
    case .follow: "Streams what is appended to up to 1,024 channels, until a bye."
    case .makeBlob, .putPart, .sealBlob, .blobState, .readBlob, .deleteBlob: blobSummary(route)
    }
  }

  private static func parameters(_ route: RelayRoute) -> [[String: Any]] {
    let channel = header(HeaderName.channel, "The channel's id, 32 bytes.", bytes32)
    switch route {
    case .describe, .follow: return []
    case .makeBlob, .putPart, .sealBlob, .blobState, .readBlob, .deleteBlob:
      return blobParameters(route)
    case .create:
      return [
        channel,
        header(
          HeaderName.channelClass, "What it is for.",
          ["type": "string", "enum": ChannelClass.allCases.map(\.rawValue)]),
        header(
          HeaderName.turn, "SHA-256 of the first token and of the first turn secret.",
          pattern("\(text32)\\.\(text32)")),
        postage,
      ]
    case .extend: return [channel, postage]
    case .close:
      return [channel, header(HeaderName.turn, "The turn secret L, 32 bytes.", bytes32)]
    case .append:
      return [
        channel, header(HeaderName.envelope, "The envelope's id, 16 bytes.", pattern(text16)),
        header(
          HeaderName.turn, "L, SHA-256 of the next token and of the next turn secret.",
          pattern("\(text32)\\.\(text32)\\.\(text32)"), isRequired: false),
        header(
          HeaderName.at, "The position that it must land on, and the chain before it.",
          pattern("(0|[1-9][0-9]{0,17})\\.\(text32)"), isRequired: false),
      ]
    case .read:
      return [channel]
        + [
          ("after", "The last position that the reader has."),
          ("max", "About how many bytes of envelopes; more than the limit is the limit."),
          ("wait", "Seconds to wait for something; more than 60 are 60."),
        ].map { name, description in
          [
            "name": name, "in": "query", "required": false, "description": description,
            "schema": number,
          ]
        }
    }
  }

  private static var postage: [String: Any] {
    header(
      HeaderName.postage,
      "A Privacy Pass token of type 2 for this relay, 354 bytes; not needed where postage is open.",
      pattern("[A-Za-z0-9_-]{472}"), isRequired: false)
  }

  private static func success(_ route: RelayRoute, _ status: Int) -> [String: Any] {
    var response: [String: Any] = ["description": description(route, status)]
    var headers: [String: Any] = [HeaderName.incarnation: value(pattern(text16))]
    if route == .append {
      headers[HeaderName.sequence] = value(pattern("[1-9][0-9]*"))
      headers[HeaderName.chain] = value(bytes32)
      if status == 200 { headers[HeaderName.replay] = value(["const": "1"]) }
      headers[HeaderName.receipt] = value(pattern("[0-9]+\\.[A-Za-z0-9_-]{85}[AQgw]"))
    }
    if route == .create || route == .extend {
      headers["Alcove-Expires"] = value(pattern("[1-9][0-9]*"))
    }
    response["headers"] = headers.merging(blobHeaders(route, status)) { $1 }
    switch (route, status) {
    case (.describe, _):
      response["content"] = ["application/json": ["schema": described]]
    case (.read, 200), (.follow, 200):
      response["content"] = [HeaderName.framesType: ["schema": [String: Any]()]]
    case (.readBlob, _):
      response["content"] = ["application/octet-stream": ["schema": [String: Any]()]]
    default: break
    }
    return response
  }

  private static func description(_ route: RelayRoute, _ status: Int) -> String {
    switch (route, status) {
    case (.append, 200): "The first result of the same append."
    case (.create, 200): "It was there already, just so."
    case (.makeBlob, 200): "It was there already; this is how far it is."
    case (_, 201): "Done, durably."
    case (.read, 204): "Nothing new within the time."
    case (_, 204): "Done."
    default: "The answer."
    }
  }

  private static func refusal(
    _ status: Int, _ problems: [RelayProblem], hasBody: Bool
  ) -> [String: Any] {
    let description = problems.map(\.rawValue).joined(separator: ", ")
    let headers = refusalHeaders(problems)
    guard hasBody else { return ["description": description, "headers": headers] }
    return [
      "description": description, "headers": headers,
      "content": [
        HeaderName.problemType: [
          "schema": [
            "type": "object", "required": ["type", "status"],
            "properties": [
              "type": ["type": "string", "enum": problems.map(\.type)],
              "status": ["type": "integer", "const": status],
            ],
          ] as [String: Any]
        ]
      ],
    ]
  }

  /// What comes with one or the other of these.
  private static func refusalHeaders(_ problems: [RelayProblem]) -> [String: Any] {
    var headers: [String: Any] = [HeaderName.incarnation: value(pattern(text16))]
    if problems.contains(.tokenRetired) {
      headers[HeaderName.sequence] = value(pattern("[1-9][0-9]*"))
    }
    if problems.contains(.notAt) {
      headers[HeaderName.head] = value(pattern("(0|[1-9][0-9]*)"))
      headers[HeaderName.chain] = value(bytes32)
    }
    if problems.contains(where: { !$0.isDefinite }) {
      headers["Retry-After"] = value(pattern("[1-9][0-9]*"))
    }
    return headers
  }

  /// base64url of 32 and of 16 bytes, canonical: the bits behind the last byte are zero.
  static let text32 = "[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]"
  static let text16 = "[A-Za-z0-9_-]{21}[AQgw]"
  static var bytes32: [String: Any] { pattern(text32) }

  static func pattern(_ text: String) -> [String: Any] {
    ["type": "string", "pattern": "^\(text)$"]
  }

  static func header(
    _ name: String, _ description: String, _ schema: [String: Any], isRequired: Bool = true
  ) -> [String: Any] {
    [
      "name": name, "in": "header", "required": isRequired, "description": description,
      "schema": schema,
    ]
  }

  static func value(_ schema: [String: Any]) -> [String: Any] { ["schema": schema] }
}
