// SPDX-License-Identifier: Apache-2.0

public import Primitives
public import WireFormat

/// Which pre-shared key goes into the key schedule, RFC 9420 section 8.4.
///
/// ```
/// struct {
///   PSKType psktype;
///   select (PreSharedKeyID.psktype) {
///     case external:
///       opaque psk_id<V>;
///     case resumption:
///       ResumptionPSKUsage usage;
///       opaque psk_group_id<V>;
///       uint64 psk_epoch;
///   };
///   opaque psk_nonce<V>;
/// } PreSharedKeyID;
/// ```
public struct PreSharedKeyID: Hashable, Sendable, WireCodable {
  /// Where the key comes from.
  public enum Source: Hashable, Sendable {
    case external(id: [UInt8])
    case resumption(ResumptionUsage, groupID: GroupID, epoch: Epoch)
  }

  /// What a key taken from another epoch proves.
  public enum ResumptionUsage: UInt8, Hashable, Sendable {
    case application = 1
    case reInit = 2
    case branch = 3
  }

  public var source: Source
  /// Fresh with each use, so that no input to the key schedule repeats.
  public var nonce: [UInt8]

  public init(source: Source, nonce: [UInt8]) {
    self.source = source
    self.nonce = nonce
  }

  /// For one use of a key in a group of this suite: with a random nonce of `KDF.Nh` bytes.
  public init(_ source: Source, for suite: CipherSuite, random: some RandomSource) {
    // RFC 9420 §8.4
    self.init(source: source, nonce: random.bytes(suite.hashLength))
  }

  public init(from reader: inout WireReader) throws(WireError) {
    switch try reader.readUInt8() {
    case 1:
      source = .external(id: try reader.readOpaque())
    case 2:
      guard let usage = ResumptionUsage(rawValue: try reader.readUInt8()) else {
        throw .invalidValue
      }
      source = .resumption(usage, groupID: try reader.read(), epoch: try reader.read())
    default:
      throw .invalidValue
    }
    nonce = try reader.readOpaque()
  }

  public func encode(into writer: inout WireWriter) {
    switch source {
    case .external(let id):
      writer.write(UInt8(1))
      writer.writeOpaque(id)
    case .resumption(let usage, let groupID, let epoch):
      writer.write(UInt8(2))
      writer.write(usage.rawValue)
      writer.write(groupID)
      writer.write(epoch)
    }
    writer.writeOpaque(nonce)
  }
}
