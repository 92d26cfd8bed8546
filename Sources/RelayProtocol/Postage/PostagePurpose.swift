// SPDX-License-Identifier: Apache-2.0

import Primitives
import WireFormat

/// What a token is spent for, 32 bytes: the same token for the same purpose is the same payment.
public struct PostagePurpose: OpaqueBytes {
  public static let length = 32
  public let bytes: [UInt8]
  public init(checked bytes: [UInt8]) { self.bytes = bytes }

  /// The making of just this channel.
  public static func creating(_ channel: NewChannel) -> PostagePurpose {
    hash { writer in
      writer.write(UInt8(1))
      writer.write(channel.id)
      writer.write(UInt8(channel.kind == .intake ? 0 : 1))
      writer.write(channel.token)
      writer.write(channel.turn)
    }
  }

  /// More time for a channel.
  public static func extending(_ channel: ChannelID) -> PostagePurpose {
    hash { writer in
      writer.write(UInt8(2))
      writer.write(channel)
    }
  }

  private static func hash(_ body: (inout WireWriter) -> Void) -> PostagePurpose {
    var writer = WireWriter()
    writer.writeFixed(Array("Alcove 1.0 postage".utf8))
    body(&writer)
    return PostagePurpose(checked: Digest.sha256(writer.bytes))
  }
}
