// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// A message with its signature, whatever it travels in; RFC 9420 section 6.
///
/// ```
/// struct {
///     WireFormat wire_format;
///     FramedContent content;
///     FramedContentAuthData auth;
/// } AuthenticatedContent;
/// ```
public struct AuthenticatedContent: Hashable, Sendable, WireCodable {
  public let wireFormat: MessageFormat
  public let content: FramedContent
  public package(set) var auth: FramedContentAuthData

  init(wireFormat: MessageFormat, content: FramedContent, auth: FramedContentAuthData) {
    self.wireFormat = wireFormat
    self.content = content
    self.auth = auth
  }

  /// Signs content.
  ///
  /// - Parameter context: The encoded group context of the epoch; used where the sender's type asks
  ///   for it.
  package init(
    signing content: FramedContent, wireFormat: MessageFormat, context: [UInt8],
    with key: SignatureKey
  ) throws(MLSError) {
    self.wireFormat = wireFormat
    self.content = content
    let signed = Self.toBeSigned(content, wireFormat, context)
    auth = FramedContentAuthData(signature: try key.sign(signed, label: Self.label))
  }

  public init(from reader: inout WireReader) throws(WireError) {
    wireFormat = try reader.read()
    content = try reader.read()
    auth = try FramedContentAuthData(for: content.body.type, from: &reader)
  }

  public func encode(into writer: inout WireWriter) {
    writer.write(wireFormat)
    writer.write(content)
    writer.write(auth)
  }

  /// Whether the signature is the key's, over this content in this group context.
  package func verifySignature(by key: SignaturePublicKey, suite: CipherSuite, context: [UInt8])
    -> Bool
  {
    let signed = Self.toBeSigned(content, wireFormat, context)
    return suite.verify(auth.signature, over: signed, label: Self.label, by: key)
  }

  /// The name under which a Commit refers to this proposal, RFC 9420 section 5.2.
  func proposalReference(suite: CipherSuite) -> ProposalRef {
    ProposalRef(suite.refHash(label: "MLS 1.0 Proposal Reference", wireBytes))
  }

  private static let label = "FramedContentTBS"

  /// ```
  /// struct {
  ///     ProtocolVersion version = mls10;
  ///     WireFormat wire_format;
  ///     FramedContent content;
  ///     select (FramedContentTBS.content.sender.sender_type) {
  ///         case member:
  ///         case new_member_commit:
  ///             GroupContext context;
  ///         case external:
  ///         case new_member_proposal:
  ///             struct{};
  ///     };
  /// } FramedContentTBS;
  /// ```
  static func toBeSigned(
    _ content: FramedContent, _ wireFormat: MessageFormat, _ context: [UInt8]
  ) -> [UInt8] {
    var writer = WireWriter(reservingCapacity: content.encoded.count + context.count + 4)
    writer.write(ProtocolVersion.mls10)
    writer.write(wireFormat)
    writer.write(content)
    if content.sender.signsGroupContext { writer.writeFixed(context) }
    return writer.bytes
  }
}
