// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// What authenticates a framed message, RFC 9420 section 6.1.
///
/// ```
/// struct {
///     /* SignWithLabel(., "FramedContentTBS", FramedContentTBS) */
///     opaque signature<V>;
///     select (FramedContent.content_type) {
///         case commit:
///             /* MAC(confirmation_key, GroupContext.confirmed_transcript_hash) */
///             MAC confirmation_tag;
///         case application:
///         case proposal:
///             struct{};
///     };
/// } FramedContentAuthData;
/// ```
public struct FramedContentAuthData: Hashable, Sendable, WireEncodable {
  public var signature: [UInt8]
  /// Of a Commit, and of nothing else.
  public var confirmationTag: [UInt8]?

  init(signature: [UInt8], confirmationTag: [UInt8]? = nil) {
    self.signature = signature
    self.confirmationTag = confirmationTag
  }

  init(for type: ContentType, from reader: inout WireReader) throws(WireError) {
    signature = try reader.readOpaque()
    confirmationTag = type == .commit ? try reader.readOpaque() : nil
  }

  public func encode(into writer: inout WireWriter) {
    writer.writeOpaque(signature)
    if let confirmationTag { writer.writeOpaque(confirmationTag) }
  }
}
