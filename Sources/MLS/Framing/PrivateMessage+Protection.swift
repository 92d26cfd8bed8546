// SPDX-License-Identifier: Apache-2.0

package import Primitives
import WireFormat

extension PrivateMessage {
  /// Encrypts signed content, RFC 9420 section 6.3.
  ///
  /// - Parameters:
  ///   - key: Of the sender's ratchet for this type of content; the caller consumes it.
  ///   - reuseGuard: Four fresh random bytes.
  ///   - padding: Zeros added behind the content.
  package init(
    protecting message: AuthenticatedContent, key: MessageKey, senderDataSecret: SharedSecret,
    reuseGuard: [UInt8], padding: Int, suite: CipherSuite
  ) throws(MLSError) {
    let content = message.content
    // RFC 9420 §6.3.2
    guard case .member(let leaf) = content.sender else { throw .invalidMessage(.senderType) }
    // The plaintext may take no more than its length header can say.
    guard padding >= 0, padding <= WireLength.maximum / 2 else { throw .invalidArgument }
    // struct {
    //     select (PrivateMessage.content_type) { ... };
    //     FramedContentAuthData auth;
    //     opaque padding[length_of_padding];
    // } PrivateMessageContent;
    var plaintext = WireWriter(reservingCapacity: content.encodedBody.count + padding + 192)
    plaintext.writeFixed(content.encodedBody)
    plaintext.write(message.auth)
    if padding > 0 { plaintext.writeFixed([UInt8](repeating: 0, count: padding)) }
    let type = content.body.type
    let aead = suite.hpke.aead
    do {
      let ciphertext = try aead.seal(
        plaintext.bytes, key: key.key, nonce: key.nonce(guardedBy: reuseGuard),
        associatedData: Self.contentAAD(
          content.groupID, content.epoch, type, content.authenticatedData))
      let senderKey = SenderData.key(senderDataSecret, ciphertext: ciphertext, suite: suite)
      let senderData = SenderData(
        leafIndex: leaf, generation: key.generation, reuseGuard: reuseGuard)
      let encryptedSenderData = try aead.seal(
        senderData.wireBytes, key: senderKey.key, nonce: senderKey.nonce,
        associatedData: Self.senderDataAAD(content.groupID, content.epoch, type))
      self.init(
        groupID: content.groupID, epoch: content.epoch, contentType: type,
        authenticatedData: content.authenticatedData, encryptedSenderData: encryptedSenderData,
        ciphertext: ciphertext)
    } catch {
      throw .invalidArgument
    }
  }

  /// Opens who sent it, RFC 9420 section 6.3.2.
  package func senderData(
    secret: SharedSecret, suite: CipherSuite
  ) throws(MLSError) -> SenderData {
    let key = SenderData.key(secret, ciphertext: ciphertext, suite: suite)
    let plaintext: [UInt8]
    do {
      plaintext = try suite.hpke.aead.open(
        encryptedSenderData, key: key.key, nonce: key.nonce,
        associatedData: Self.senderDataAAD(groupID, epoch, contentType))
    } catch {
      throw .decryptionFailed
    }
    do {
      return try SenderData(wireBytes: plaintext)
    } catch {
      throw .malformed(error)
    }
  }

  /// Opens the content; its signature is still to be verified.
  package func content(
    from sender: SenderData, key: MessageKey, suite: CipherSuite
  ) throws(MLSError) -> AuthenticatedContent {
    let plaintext: [UInt8]
    do {
      plaintext = try suite.hpke.aead.open(
        ciphertext, key: key.key, nonce: key.nonce(guardedBy: sender.reuseGuard),
        associatedData: Self.contentAAD(groupID, epoch, contentType, authenticatedData))
    } catch {
      throw .decryptionFailed
    }
    var reader = WireReader(plaintext)
    let body: FramedContent.Body
    let encodedBody: [UInt8]
    let auth: FramedContentAuthData
    let padding: [UInt8]
    do throws(WireError) {
      body = try FramedContent.Body(contentType, from: &reader)
      encodedBody = reader.bytes(since: 0)
      auth = try FramedContentAuthData(for: contentType, from: &reader)
      padding = try reader.readFixed(reader.remaining)
    } catch {
      throw .malformed(error)
    }
    // RFC 9420 §6.3.1
    guard padding.allSatisfy({ $0 == 0 }) else { throw .invalidMessage(.padding) }
    let content = FramedContent(
      groupID: groupID, epoch: epoch, sender: .member(sender.leafIndex),
      authenticatedData: authenticatedData, body: body, encodedBody: encodedBody)
    return AuthenticatedContent(wireFormat: .privateMessage, content: content, auth: auth)
  }

  /// ```
  /// struct {
  ///     opaque group_id<V>;
  ///     uint64 epoch;
  ///     ContentType content_type;
  ///     opaque authenticated_data<V>;
  /// } PrivateContentAAD;
  /// ```
  private static func contentAAD(
    _ groupID: GroupID, _ epoch: Epoch, _ type: ContentType, _ authenticatedData: [UInt8]
  ) -> [UInt8] {
    var writer = WireWriter(reservingCapacity: 64 + authenticatedData.count)
    writer.write(groupID)
    writer.write(epoch)
    writer.write(type)
    writer.writeOpaque(authenticatedData)
    return writer.bytes
  }

  /// ```
  /// struct {
  ///     opaque group_id<V>;
  ///     uint64 epoch;
  ///     ContentType content_type;
  /// } SenderDataAAD;
  /// ```
  private static func senderDataAAD(
    _ groupID: GroupID, _ epoch: Epoch, _ type: ContentType
  ) -> [UInt8] {
    var writer = WireWriter(reservingCapacity: 64)
    writer.write(groupID)
    writer.write(epoch)
    writer.write(type)
    return writer.bytes
  }
}
