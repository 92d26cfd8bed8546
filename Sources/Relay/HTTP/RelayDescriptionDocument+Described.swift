// SPDX-License-Identifier: Apache-2.0

import RelayProtocol

/// The answer of `GET /v1/relay` in the description.
extension RelayDescriptionDocument {
  static var described: [String: Any] {
    [
      "type": "object",
      "required": [
        "versions", "incarnation", "limits", "size_classes", "retention_days", "identity", "keys",
        "postage_required", "time",
      ],
      "properties": [
        "versions": ["type": "array", "items": ["type": "integer"]],
        "incarnation": pattern(text16),
        "size_classes": ["type": "array", "items": ["type": "integer"]],
        "retention_days": ["type": ["integer", "null"]],
        "identity": bytes32,
        "time": ["type": "integer"],
        "postage_required": ["type": "boolean"],
        "keys": ["type": "array", "items": pattern("[A-Za-z0-9_-]{456}")],
        "limits": limits,
      ] as [String: Any],
    ]
  }

  private static var limits: [String: Any] {
    let quota = numbers(["envelopes", "bytes", "blobs", "blob_bytes", "days"])
    return numbers(
      [
        "appends_per_second", "append_burst", "subscriptions", "read_bytes", "part_bytes", "parts",
      ], and: ["intake": quota, "relationship": quota])
  }

  /// An object of whole numbers, and of what else is in it.
  private static func numbers(
    _ names: [String], and others: [String: Any] = [:]
  ) -> [String: Any] {
    var properties = others
    for name in names { properties[name] = number }
    return [
      "type": "object", "required": properties.keys.sorted(), "properties": properties,
    ]
  }

  /// A whole number that is not negative.
  static var number: [String: Any] {
    ["type": "integer", "format": "int64", "minimum": 0, "maximum": Int64.max]
  }
}
