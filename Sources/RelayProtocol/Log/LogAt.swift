// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// A position and the chain there.
public struct LogAt: Hashable, Sendable, WireEncodable, WireDecodable {
  public let position: Position
  public let chain: ChainHash

  public init(position: Position, chain: ChainHash) {
    self.position = position
    self.chain = chain
  }

  public func encode(into writer: inout WireWriter) {
    writer.write(position)
    writer.write(chain)
  }

  public init(from reader: inout WireReader) throws(WireError) {
    position = try reader.read()
    chain = try reader.read()
  }
}
