// SPDX-License-Identifier: Apache-2.0

internal import Certificates
internal import Consent
internal import MLS
internal import WireFormat

/// What the context of every group says: required capabilities, the consent, the place. Nothing else.
enum GroupContextPolicy {
  static let consent = ExtensionType(rawValue: ConsentExtension.extensionType)
  static let place = ExtensionType(rawValue: ChannelExtension.extensionType)

  /// DESIGN section 3: listed in every leaf's capabilities, and required.
  static let required = RequiredCapabilities(
    extensions: [consent, place], credentials: [.alcove])

  /// No reserved values: all members are Alcove's, which are tested for passing over them, and here
  /// they would only lengthen every invitation.
  static let grease = Grease.leaveOut

  static func capabilities(_ suite: CipherSuite) -> Capabilities {
    Capabilities(
      cipherSuites: [suite.number], extensions: [consent, place], credentials: [.alcove])
  }

  /// The extensions of an epoch: a pure function of the ledger and the place.
  static func extensions(_ ledger: ConsentExtension, _ channel: ChannelExtension) -> [Extension] {
    [
      required.asExtension,
      Extension(type: consent, data: ledger.wireBytes),
      Extension(type: place, data: channel.wireBytes),
    ]
  }

  /// The place an epoch's context names, if its extensions are exactly those of an Alcove group under
  /// this ledger: one dropped, added, or altered is none.
  static func place(in extensions: [Extension], under ledger: Ledger) -> ChannelExtension? {
    guard let body = extensions[place], let channel = try? ChannelExtension(wireBytes: body),
      channel.relationship == ledger.relationship,
      Set(extensions) == Set(Self.extensions(ConsentExtension(ledger), channel)),
      extensions.count == 3
    else { return nil }
    return channel
  }
}
