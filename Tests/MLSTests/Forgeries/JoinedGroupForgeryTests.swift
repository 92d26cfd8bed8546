// SPDX-License-Identifier: Apache-2.0

import MLSTesting
import Primitives
import Testing
import WireFormat

@testable import MLS

/// For each rule about the group that a Welcome leads to, a Welcome to one that breaks it.
struct JoinedGroupForgeryTests {
  private func expectRefusal(
    _ error: MLSError, _ invitation: Invitation, _ welcome: Welcome,
    validation: Validation = acceptAll, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(throws: error, sourceLocation: sourceLocation) {
      try invitation.join(welcome, validation: validation)
    }
  }

  @Test func `with a member who cannot read the others' credentials — RFC 9420 §7.3`() throws {
    let invitation = try Invitation()
    var tree = invitation.next.tree
    let deaf = try ForgedKeyPackage(leaf: {
      $0.credential = .other(testCredentialType, body: [])
      $0.capabilities.credentials = [testCredentialType]
    }).make()
    _ = try tree.add(deaf.leafNode)
    expectRefusal(
      .invalidLeafNode(.credentialTypeUnsupported), invitation, try invitation.forged(tree: tree))
  }

  @Test func `whose extensions or requirements a member does not support — RFC 9420 §13.4`() throws
  {
    let invitation = try Invitation()
    var tree = invitation.next.tree
    _ = try tree.add(ForgedKeyPackage(leaf: { $0.capabilities.extensions = [] }).make().leafNode)
    for (extensions, rule) in [
      ([Extension(type: testExtension, data: [])], LeafNodeRule.groupExtensionUnsupported),
      (
        [RequiredCapabilities(extensions: [testExtension]).asExtension], .requiredCapabilities
      ),
    ] {
      expectRefusal(
        .invalidLeafNode(rule), invitation,
        try invitation.forged(context: { $0.extensions = extensions }, tree: tree))
    }
    expectRefusal(
      .invalidExtensions(.malformed), invitation,
      try invitation.forged(context: {
        $0.extensions = [Extension(type: .requiredCapabilities, data: [1])]
      }))
  }

  @Test func `that hears external senders whom the application refuses — RFC 9420 §5.3.1`() throws {
    let invitation = try Invitation()
    let key = invitation.next.ownLeafNode.signatureKey
    let senders = ExternalSender.asExtension([
      ExternalSender(signatureKey: key, credential: NoMallory.mallory)
    ])
    let welcome = try invitation.forged(context: { $0.extensions = [senders] })
    expectRefusal(
      .invalidExtensions(.externalSenderCredential), invitation, welcome,
      validation: Validation(credentials: NoMallory(), now: testTime))
    #expect(try invitation.join(welcome).extensions == [senders])
    for data in [[1, 1], senders.data + [0]] {
      let nonsense = Extension(type: .externalSenders, data: data)
      expectRefusal(
        .invalidExtensions(.malformed), invitation,
        try invitation.forged(context: { $0.extensions = [nonsense] }))
    }
  }

  @Test func `that makes use of a reserved value, though all list it: RFC 9420 §13.5`() throws {
    var capabilities = testCapabilities
    let type = ExtensionType(rawValue: 0x0A0A)
    capabilities.extensions.append(type)
    let credential = CredentialType(rawValue: 0x0A0A)
    capabilities.credentials.append(credential)
    let invitation = try Invitation(capabilities: capabilities)
    for (extensions, rule) in [
      ([Extension(type: type, data: [])], ExtensionRule.unsupported),
      ([RequiredCapabilities(extensions: [type]).asExtension], .requiredCapabilities),
      ([RequiredCapabilities(credentials: [credential]).asExtension], .requiredCapabilities),
    ] {
      expectRefusal(
        .invalidExtensions(rule), invitation,
        try invitation.forged(context: { $0.extensions = extensions }))
    }
    #expect(try invitation.join(invitation.forged()).epoch == invitation.next.epoch)
  }

  @Test func `secrets with something behind them are refused`() throws {
    let bytes = try Invitation().secrets.encodedExposingSecrets()
    _ = try GroupSecrets(exposedBytes: bytes)
    #expect(throws: WireError.trailingBytes) { try GroupSecrets(exposedBytes: bytes + [0]) }
  }
}
