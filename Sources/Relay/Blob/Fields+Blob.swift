// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Primitives
import RelayLog
import RelayProtocol

extension Fields {
  static let blob = name(HeaderName.blob)
  static let seal = name(HeaderName.seal)
  static let parts = name(HeaderName.parts)

  /// Channel, token and blob.
  func blobPlace() throws(RelayError) -> BlobPlace {
    BlobPlace(
      channel: try value(Self.channel), token: try token().hash, blob: try value(Self.blob))
  }

  /// `Alcove-Seal: parts.hash`.
  func seal() throws(RelayError) -> BlobSeal {
    let parts = try list(Self.seal, count: 2)
    guard
      let seal = BlobSeal(
        parts: try Self.number(parts[0], default: nil), hash: try Self.value(parts[1]))
    else { throw .refused(.malformed) }
    return seal
  }

  static func text(_ seal: BlobSeal) -> String { "\(seal.parts).\(text(seal.hash))" }

  /// The fields that tell how far a blob is.
  static func fields(of state: BlobState) -> HTTPFields {
    switch state {
    case .open(let parts): [Self.parts: Base64URL.encode(parts.bytes)]
    case .sealed(let seal): [Self.seal: text(seal)]
    }
  }
}
