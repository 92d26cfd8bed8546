// SPDX-License-Identifier: Apache-2.0

package import Primitives
import WireFormat

extension Welcome {
  /// What a Welcome held for one new member; the GroupInfo's signature is still to be verified.
  struct Opened {
    let secrets: GroupSecrets
    let member: MemberSecret
    let info: GroupInfo
  }

  /// Decrypts the entry for a KeyPackage, and with it the GroupInfo.
  func open(
    with keyPackage: OwnKeyPackage, _ store: some PreSharedKeyStore
  ) throws(MLSError) -> Opened {
    let suite = keyPackage.suite
    let secrets = try groupSecrets(
      for: keyPackage.reference, initKey: keyPackage.initKey, suite: suite)
    // RFC 9420 §12.4.3.1
    let founding = secrets.preSharedKeys.filter(\.isResumptionOfFounding)
    guard founding.count <= 1 else { throw .invalidWelcome(.preSharedKeys) }
    // RFC 9420 §12.2, of the Commit that these keys are from
    guard Set(secrets.preSharedKeys).count == secrets.preSharedKeys.count else {
      throw .invalidWelcome(.preSharedKeys)
    }
    // RFC 9420 §8
    guard secrets.joinerSecret.count == suite.hashLength else {
      throw .invalidWelcome(.secretLength)
    }
    let member = JoinerSecret(secrets.joinerSecret, suite: suite)
      .withPreSharedKeys(try suite.preSharedKeySecret(secrets.preSharedKeys, from: store))
    return Opened(
      secrets: secrets, member: member, info: try groupInfo(member: member, suite: suite))
  }

  /// The secrets for the owner of a KeyPackage.
  package func groupSecrets(
    for reference: KeyPackageRef, initKey: HPKEPrivateKey, suite: CipherSuite
  ) throws(MLSError) -> GroupSecrets {
    // RFC 9420 §12.4.3.1
    guard let entry = secrets.first(where: { $0.newMember == reference }) else {
      throw .invalidWelcome(.notForThisKeyPackage)
    }
    let plaintext = try suite.decryptSecret(
      entry.encryptedGroupSecrets, privateKey: initKey, label: "Welcome",
      context: encryptedGroupInfo)
    var exposed = plaintext.exposedBytes()
    defer { exposed.wipe() }
    do {
      return try GroupSecrets(exposedBytes: exposed)
    } catch {
      throw .malformed(error)
    }
  }

  /// Decrypts the GroupInfo.
  package func groupInfo(member: MemberSecret, suite: CipherSuite) throws(MLSError) -> GroupInfo {
    let key = member.welcomeKey()
    let plaintext: [UInt8]
    do {
      plaintext = try suite.hpke.aead.open(
        encryptedGroupInfo, key: key.key, nonce: key.nonce, associatedData: [])
    } catch {
      throw .decryptionFailed
    }
    do {
      return try GroupInfo(wireBytes: plaintext)
    } catch {
      throw .malformed(error)
    }
  }
}

extension GroupSecrets {
  /// The key that founding this group from another one asks for.
  var resumption: PreSharedKeyID? { preSharedKeys.first(where: \.isResumptionOfFounding) }
}

extension PreSharedKeyID {
  /// Whether it stands for a group's being founded from another one.
  var isResumptionOfFounding: Bool {
    switch source {
    case .resumption(.reInit, _, _), .resumption(.branch, _, _): true
    case .resumption(.application, _, _), .external: false
    }
  }
}

extension PreSharedKeyStore {
  func key(for id: PreSharedKeyID) -> SharedSecret? {
    switch id.source {
    case .external(let name): externalKey(id: name)
    case .resumption(_, let groupID, let epoch): resumptionKey(groupID: groupID, epoch: epoch)
    }
  }
}
