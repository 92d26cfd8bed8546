// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// A message's content and what it is bound to, RFC 9420 section 6.
///
/// ```
/// struct {
///     opaque group_id<V>;
///     uint64 epoch;
///     Sender sender;
///     opaque authenticated_data<V>;
///
///     ContentType content_type;
///     select (FramedContent.content_type) {
///         case application:
///           opaque application_data<V>;
///         case proposal:
///           Proposal proposal;
///         case commit:
///           Commit commit;
///     };
/// } FramedContent;
/// ```
///
/// It keeps its bytes as received: they are what was signed and what enters the transcript.
public struct FramedContent: Sendable, WireCodable {
  /// What is sent.
  public enum Body: Hashable, Sendable {
    case application([UInt8])
    case proposal(Proposal)
    case commit(Commit)

    public var type: ContentType {
      switch self {
      case .application: .application
      case .proposal: .proposal
      case .commit: .commit
      }
    }

    init(_ type: ContentType, from reader: inout WireReader) throws(WireError) {
      switch type {
      case .application: self = .application(try reader.readOpaque())
      case .proposal: self = .proposal(try reader.read())
      case .commit: self = .commit(try reader.read())
      }
    }

    func encode(into writer: inout WireWriter) {
      switch self {
      case .application(let data): writer.writeOpaque(data)
      case .proposal(let proposal): writer.write(proposal)
      case .commit(let commit): writer.write(commit)
      }
    }
  }

  public let groupID: GroupID
  public let epoch: Epoch
  public let sender: Sender
  public let authenticatedData: [UInt8]
  public let body: Body
  /// The encoding of all of it.
  let encoded: [UInt8]
  /// Where in the encoding the body begins.
  private let bodyStart: Int

  public init(
    groupID: GroupID, epoch: Epoch, sender: Sender, authenticatedData: [UInt8], body: Body
  ) {
    self.init(
      groupID: groupID, epoch: epoch, sender: sender, authenticatedData: authenticatedData,
      body: body, encodedBody: nil)
  }

  /// Puts together what a PrivateMessage held in pieces; the body as it was received.
  init(
    groupID: GroupID, epoch: Epoch, sender: Sender, authenticatedData: [UInt8], body: Body,
    encodedBody: [UInt8]?
  ) {
    self.groupID = groupID
    self.epoch = epoch
    self.sender = sender
    self.authenticatedData = authenticatedData
    self.body = body
    var writer = WireWriter(
      reservingCapacity: 64 + authenticatedData.count + (encodedBody?.count ?? 256))
    writer.write(groupID)
    writer.write(epoch)
    writer.write(sender)
    writer.writeOpaque(authenticatedData)
    writer.write(body.type)
    bodyStart = writer.bytes.count
    if let encodedBody { writer.writeFixed(encodedBody) } else { body.encode(into: &writer) }
    encoded = writer.bytes
  }

  public init(from reader: inout WireReader) throws(WireError) {
    let start = reader.position
    groupID = try reader.read()
    epoch = try reader.read()
    sender = try reader.read()
    authenticatedData = try reader.readOpaque()
    let type: ContentType = try reader.read()
    bodyStart = reader.position - start
    body = try Body(type, from: &reader)
    encoded = reader.bytes(since: start)
  }

  public func encode(into writer: inout WireWriter) { writer.writeFixed(encoded) }

  /// The body alone, as it stands in the encoding.
  var encodedBody: ArraySlice<UInt8> { encoded[bodyStart...] }
}

extension FramedContent: Hashable {
  public static func == (lhs: FramedContent, rhs: FramedContent) -> Bool {
    lhs.encoded == rhs.encoded
  }
  public func hash(into hasher: inout Hasher) { hasher.combine(encoded) }
}
