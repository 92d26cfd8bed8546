// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// A change to a group, RFC 9420 section 12.1.
///
/// ```
/// struct {
///     ProposalType proposal_type;
///     select (Proposal.proposal_type) {
///         case add:                      Add;
///         case update:                   Update;
///         case remove:                   Remove;
///         case psk:                      PreSharedKey;
///         case reinit:                   ReInit;
///         case external_init:            ExternalInit;
///         case group_context_extensions: GroupContextExtensions;
///     };
/// } Proposal;
/// ```
///
/// A type that RFC 9420 does not define is read as one `opaque<V>`; a Commit may hold it only where
/// every member lists the type.
public enum Proposal: Hashable, Sendable, WireCodable {
  case add(Add)
  case update(Update)
  case remove(Remove)
  case preSharedKey(PreSharedKeyID)
  case reInit(ReInit)
  /// The KEM output from which a joiner's `init_secret` is taken.
  case externalInit(kemOutput: [UInt8])
  /// All extensions of the group context from now on.
  case groupContextExtensions([Extension])
  case other(ProposalType, body: [UInt8])

  /// An Add of a KeyPackage.
  public static func add(_ keyPackage: KeyPackage) -> Proposal { .add(Add(keyPackage: keyPackage)) }

  /// A Remove of a member.
  public static func remove(_ leaf: LeafIndex) -> Proposal { .remove(Remove(removed: leaf)) }

  public var type: ProposalType {
    switch self {
    case .add: .add
    case .update: .update
    case .remove: .remove
    case .preSharedKey: .preSharedKey
    case .reInit: .reInit
    case .externalInit: .externalInit
    case .groupContextExtensions: .groupContextExtensions
    case .other(let type, _): type
    }
  }

  public init(from reader: inout WireReader) throws(WireError) {
    switch try reader.read(ProposalType.self) {
    case .add: self = .add(try reader.read(Add.self))
    case .update: self = .update(try reader.read())
    case .remove: self = .remove(try reader.read(Remove.self))
    case .preSharedKey: self = .preSharedKey(try reader.read())
    case .reInit: self = .reInit(try reader.read())
    case .externalInit: self = .externalInit(kemOutput: try reader.readOpaque())
    case .groupContextExtensions: self = .groupContextExtensions(try reader.readVector())
    case let type: self = .other(type, body: try reader.readOpaque())
    }
  }

  public func encode(into writer: inout WireWriter) {
    writer.write(type)
    switch self {
    case .add(let add): writer.write(add)
    case .update(let update): writer.write(update)
    case .remove(let remove): writer.write(remove)
    case .preSharedKey(let id): writer.write(id)
    case .reInit(let reInit): writer.write(reInit)
    case .externalInit(let kemOutput): writer.writeOpaque(kemOutput)
    case .groupContextExtensions(let extensions): writer.writeVector(extensions)
    case .other(_, let body): writer.writeOpaque(body)
    }
  }
}
