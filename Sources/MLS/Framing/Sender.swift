// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// Who sent a message, RFC 9420 section 6.
///
/// ```
/// struct {
///     SenderType sender_type;
///     select (Sender.sender_type) {
///         case member:
///             uint32 leaf_index;
///         case external:
///             uint32 sender_index;
///         case new_member_commit:
///         case new_member_proposal:
///             struct{};
///     };
/// } Sender;
/// ```
public enum Sender: Hashable, Sendable, WireCodable {
  case member(LeafIndex)
  /// An entry of the `external_senders` extension.
  case external(index: UInt32)
  case newMemberProposal
  case newMemberCommit

  public init(from reader: inout WireReader) throws(WireError) {
    switch try reader.readUInt8() {
    case 1: self = .member(try reader.read())
    case 2: self = .external(index: try reader.readUInt32())
    case 3: self = .newMemberProposal
    case 4: self = .newMemberCommit
    default: throw .invalidValue
    }
  }

  public func encode(into writer: inout WireWriter) {
    switch self {
    case .member(let leaf):
      writer.write(UInt8(1))
      writer.write(leaf)
    case .external(let index):
      writer.write(UInt8(2))
      writer.write(index)
    case .newMemberProposal:
      writer.write(UInt8(3))
    case .newMemberCommit:
      writer.write(UInt8(4))
    }
  }

  /// Whether the signature covers the group context, RFC 9420 section 6.1.
  var signsGroupContext: Bool {
    switch self {
    case .member, .newMemberCommit: true
    case .external, .newMemberProposal: false
    }
  }
}
