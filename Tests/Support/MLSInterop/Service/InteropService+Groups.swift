// SPDX-License-Identifier: Apache-2.0

import MLS
import MLSTesting
import Primitives
import WireFormat

/// Becoming a member, and what a member does without changing the group.
extension InteropService {
  mutating func createGroup(_ fields: RequestFields) throws -> [String: JSONValue] {
    let suite = try fields.suite()
    let parameters = try parameters(suite, fields.bytes("identity"))
    let group = try Group(
      creating: GroupID(try fields.bytes("group_id")), suite: suite, as: parameters,
      settings: Self.settings(encrypted: try fields.flag("encrypt_handshake")),
      validation: validation, random: random)
    let id = try add(
      .member(InteropMember(group: group, parameters: parameters, keys: InteropKeys())))
    return ["state_id": .number(UInt64(id))]
  }

  mutating func createKeyPackage(_ fields: RequestFields) throws -> [String: JSONValue] {
    let newcomer = try newcomer(fields.suite(), fields.bytes("identity"))
    var result = try Self.privateKeys(of: newcomer)
    result["key_package"] = .bytes(MLSMessage.keyPackage(newcomer.package.keyPackage).wireBytes)
    result["transaction_id"] = .number(UInt64(try add(.newcomer(newcomer))))
    return result
  }

  mutating func joinGroup(_ fields: RequestFields) throws -> [String: JSONValue] {
    let answer = try joined(
      newcomer(fields), fields, predecessor: nil,
      settings: Self.settings(encrypted: try fields.flag("encrypt_handshake")))
    try forget("transaction_id", fields)
    return answer
  }

  /// A KeyPackage or a re-initialisation leads to one group, and is kept no longer.
  mutating func forget(_ name: String, _ fields: RequestFields) throws {
    entries[try fields.uint32(name)] = nil
  }

  /// A member by a Welcome and perhaps a tree.
  mutating func joined(
    _ newcomer: InteropNewcomer, _ fields: RequestFields, predecessor: Group?,
    settings: GroupSettings
  ) throws -> [String: JSONValue] {
    let group = try Group(
      joining: fields.welcome(), with: newcomer.package, tree: fields.ratchetTree(),
      preSharedKeys: newcomer.keys, predecessor: predecessor, settings: settings,
      validation: validation)
    let id = try add(
      .member(
        InteropMember(group: group, parameters: newcomer.parameters, keys: newcomer.keys)))
    return ["state_id": .number(UInt64(id)), "epoch_authenticator": authenticator(group)]
  }

  mutating func externalJoin(_ fields: RequestFields) throws -> [String: JSONValue] {
    let info = try fields.groupInfo()
    let tree = try fields.ratchetTree()
    let scene = try InteropScene(info, tree: tree)
    let identity = try fields.bytes("identity")
    let parameters = try parameters(scene.suite, identity)
    var keys = InteropKeys()
    var ids: [PreSharedKeyID] = []
    for key in try fields.objects("psks") {
      let name = try key.bytes("psk_id")
      keys.external[name] = SharedSecret(try key.bytes("psk_secret"))
      ids.append(
        PreSharedKeyID(
          source: .external(id: name), nonce: random.bytes(scene.suite.hashLength)))
    }
    let join = try Group.joinExternally(
      info, tree: tree, as: parameters,
      replacing: try fields.flag("remove_prior") ? scene.leaf(of: identity) : nil, keyIDs: ids,
      preSharedKeys: keys,
      settings: Self.settings(encrypted: try fields.flag("encrypt_handshake")),
      validation: validation, random: random)
    let id = try add(
      .member(InteropMember(group: join.group, parameters: parameters, keys: keys)))
    return [
      "state_id": .number(UInt64(id)), "commit": .bytes(join.message.wireBytes),
      "epoch_authenticator": authenticator(join.group),
    ]
  }

  func groupInfo(_ fields: RequestFields) throws -> [String: JSONValue] {
    let group = try member(fields).member.group
    let isOutside = try fields.flag("external_tree")
    let info =
      try isOutside
      ? group.groupInfo(
        extensions: [group.externalPubExtension()], grease: grease, random: random)
      : group.groupInfoForExternalJoin(grease: grease, random: random)
    return [
      "group_info": .bytes(MLSMessage.groupInfo(info).wireBytes),
      "ratchet_tree": .bytes(isOutside ? UnverifiedRatchetTree(group.tree).wireBytes : []),
    ]
  }

  func stateAuth(_ fields: RequestFields) throws -> [String: JSONValue] {
    ["state_auth_secret": authenticator(try memberOrFormer(fields).member.group)]
  }

  func export(_ fields: RequestFields) throws -> [String: JSONValue] {
    let request = ExportRequest(
      label: try fields.text("label"), context: try fields.bytes("context"),
      count: Int(try fields.uint32("key_length")))
    return [
      "exported_secret": .bytes(
        try memberOrFormer(fields).member.group.export(request).exposedBytes())
    ]
  }

  mutating func protect(_ fields: RequestFields) throws -> [String: JSONValue] {
    var (id, member) = try member(fields)
    let plaintext = try fields.bytes("plaintext")
    let data = try fields.bytes("authenticated_data")
    let message =
      try member.hasCommittedAll
      ? member.group.protectBesideProposals(plaintext, authenticatedData: data, random: random)
      : member.group.protect(plaintext, authenticatedData: data, random: random)
    try set(id, to: member)
    return ["ciphertext": .bytes(message.wireBytes)]
  }

  mutating func unprotect(_ fields: RequestFields) throws -> [String: JSONValue] {
    var (id, member) = try memberOrFormer(fields)
    let opened = try member.group.unprotect(fields.message("ciphertext"))
    try set(id, to: member)
    return [
      "authenticated_data": .bytes(opened.authenticatedData), "plaintext": .bytes(opened.data),
    ]
  }

  mutating func storePSK(_ fields: RequestFields) throws -> [String: JSONValue] {
    let id = try fields.uint32("state_or_transaction_id")
    let name = try fields.bytes("psk_id")
    let secret = SharedSecret(try fields.bytes("psk_secret"))
    switch entries[id] {
    case .member(var member)?:
      member.keys.external[name] = secret
      entries[id] = .member(member)
    case .newcomer(var newcomer)?:
      newcomer.keys.external[name] = secret
      entries[id] = .newcomer(newcomer)
    default:
      throw InteropError(.notFound, "state_or_transaction_id: unknown")
    }
    return [:]
  }

  mutating func free(_ fields: RequestFields) throws -> [String: JSONValue] {
    entries[try memberOrFormer(fields).id] = nil
    return [:]
  }

  // MARK: Making clients

  /// All that the library takes, with windows wider than any driver needs.
  static func settings(encrypted: Bool) -> GroupSettings {
    var settings = GroupSettings.open
    settings.handshakeFormat = encrypted ? .privateMessage : .publicMessage
    settings.outOfOrderTolerance = 2048
    settings.maximumForwardDistance = 1 << 16
    settings.pastEpochs = 128
    settings.resumptionEpochs = 1024
    return settings
  }

  func parameters(_ suite: CipherSuite, _ identity: [UInt8]) throws -> LeafParameters {
    LeafParameters(
      signatureKey: try SignatureKey(suite: suite, random: random),
      credential: .basic(identity: identity),
      capabilities: Capabilities(credentials: [.basic, .x509]), grease: grease)
  }

  func newcomer(_ suite: CipherSuite, _ identity: [UInt8]) throws -> InteropNewcomer {
    let parameters = try parameters(suite, identity)
    let package = try OwnKeyPackage(
      signatureKey: parameters.signatureKey, credential: parameters.credential,
      capabilities: parameters.capabilities,
      lifetime: Lifetime(
        notBefore: validation.now - min(validation.now, 3600),
        notAfter: validation.now + 28 * 86_400),
      grease: grease, random: random)
    return InteropNewcomer(package: package, parameters: parameters)
  }

  /// The private keys, out of the stored form of a KeyPackage.
  static func privateKeys(of newcomer: InteropNewcomer) throws -> [String: JSONValue] {
    var reader = WireReader(newcomer.package.encodedExposingSecrets())
    _ = try reader.readUInt16()
    _ = try reader.read(KeyPackage.self)
    return [
      "init_priv": .bytes(try reader.readOpaque()),
      "encryption_priv": .bytes(try reader.readOpaque()),
      "signature_priv": .bytes(try reader.readOpaque()),
    ]
  }

  func authenticator(_ group: Group) -> JSONValue {
    .bytes(group.epochAuthenticator.exposedBytes())
  }
}
