// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// A message that is signed and not encrypted, RFC 9420 section 6.2.
///
/// ```
/// struct {
///     FramedContent content;
///     FramedContentAuthData auth;
///     select (PublicMessage.content.sender.sender_type) {
///         case member:
///             MAC membership_tag;
///         case external:
///         case new_member_commit:
///         case new_member_proposal:
///             struct{};
///     };
/// } PublicMessage;
/// ```
public struct PublicMessage: Hashable, Sendable, WireCodable {
  public let content: FramedContent
  public let auth: FramedContentAuthData
  public let membershipTag: [UInt8]?

  init(content: FramedContent, auth: FramedContentAuthData, membershipTag: [UInt8]?) {
    self.content = content
    self.auth = auth
    self.membershipTag = membershipTag
  }

  public init(from reader: inout WireReader) throws(WireError) {
    content = try reader.read()
    auth = try FramedContentAuthData(for: content.body.type, from: &reader)
    if case .member = content.sender {
      membershipTag = try reader.readOpaque()
    } else {
      membershipTag = nil
    }
  }

  public func encode(into writer: inout WireWriter) {
    writer.write(content)
    writer.write(auth)
    if let membershipTag { writer.writeOpaque(membershipTag) }
  }

  /// What it authenticates; nothing is verified by this.
  var authenticatedContent: AuthenticatedContent {
    AuthenticatedContent(wireFormat: .publicMessage, content: content, auth: auth)
  }
}
