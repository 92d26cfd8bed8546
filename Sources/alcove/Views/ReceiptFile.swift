// SPDX-License-Identifier: Apache-2.0

import Engine
import Primitives

/// Receipts of a relay as a file: everything that each signature is over.
///
/// It shows that a turn with this id and this chain lay at the relay on this day. What was in it only its
/// members can show.
enum ReceiptFile {
  /// One JSON object and a line end; binary values are base64url.
  static func text(_ lodged: [Lodgement], relationship: [UInt8]) -> [UInt8] {
    let object: JSON = [
      "v": 1, "type": "alcove-receipts", "relationship": bytes(relationship),
      "receipts": .array(
        lodged.map { receipt in
          [
            "line": .count(receipt.line), "date": .string(receipt.date),
            "day": .count(receipt.day), "position": .count(receipt.position),
            "channel": bytes(receipt.channel), "envelope": bytes(receipt.envelope),
            "chain": bytes(receipt.chain), "named": bytes(receipt.named),
            "signature": bytes(receipt.signature), "identity": bytes(receipt.identity),
          ]
        }),
    ]
    return Array((object.text + "\n").utf8)
  }

  private static func bytes(_ bytes: [UInt8]) -> JSON { .string(Base64URL.encode(bytes)) }
}

extension Lodgement {
  /// `2027-01-15`, in UTC.
  var date: String { String(LocalTime(seconds: Int64(day) * 86_400).rfc3339.prefix(10)) }
}
