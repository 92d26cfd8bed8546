// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// A proposal within a Commit: itself, or the name of one that was sent before; RFC 9420 section
/// 12.4.
public enum ProposalOrRef: Hashable, Sendable, WireCodable {
  case proposal(Proposal)
  case reference(ProposalRef)

  public init(from reader: inout WireReader) throws(WireError) {
    switch try reader.readUInt8() {
    case 1: self = .proposal(try reader.read())
    case 2: self = .reference(try reader.read())
    default: throw .invalidValue
    }
  }

  public func encode(into writer: inout WireWriter) {
    switch self {
    case .proposal(let proposal):
      writer.write(UInt8(1))
      writer.write(proposal)
    case .reference(let reference):
      writer.write(UInt8(2))
      writer.write(reference)
    }
  }
}
