// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// Somebody outside a group who may propose changes to it, RFC 9420 section 12.1.8.1.
///
/// ```
/// struct {
///   SignaturePublicKey signature_key;
///   Credential credential;
/// } ExternalSender;
///
/// ExternalSender external_senders<V>;
/// ```
public struct ExternalSender: Hashable, Sendable, WireCodable {
  public var signatureKey: SignaturePublicKey
  public var credential: Credential

  public init(signatureKey: SignaturePublicKey, credential: Credential) {
    self.signatureKey = signatureKey
    self.credential = credential
  }

  public init(from reader: inout WireReader) throws(WireError) {
    signatureKey = try reader.read()
    credential = try reader.read()
  }

  public func encode(into writer: inout WireWriter) {
    writer.write(signatureKey)
    writer.write(credential)
  }

  /// The group-context extension that lists the senders.
  public static func asExtension(_ senders: [ExternalSender]) -> Extension {
    var writer = WireWriter()
    writer.writeVector(senders)
    return Extension(type: .externalSenders, data: writer.bytes)
  }

  /// The senders listed by the data of the extension.
  public static func list(_ data: [UInt8]) throws(WireError) -> [ExternalSender] {
    var reader = WireReader(data)
    let senders: [ExternalSender] = try reader.readVector()
    try reader.finish()
    return senders
  }
}
