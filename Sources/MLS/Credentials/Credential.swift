// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// What ties a member's signature key to an identity, RFC 9420 section 5.3.
///
/// ```
/// struct {
///     CredentialType credential_type;
///     select (Credential.credential_type) {
///         case basic:
///             opaque identity<V>;
///         case x509:
///             Certificate certificates<V>;
///     };
/// } Credential;
/// ```
///
/// Whether the tie holds is the application's to say, through a ``CredentialValidator``; only that the end
/// entity's certificate is of the leaf's key is checked before. A type that
/// RFC 9420 does not define is read as one `opaque<V>`.
public enum Credential: Hashable, Sendable, WireCodable {
  case basic(identity: [UInt8])
  /// DER certificates, the end entity's first.
  case x509(certificates: [[UInt8]])
  case other(CredentialType, body: [UInt8])

  public var type: CredentialType {
    switch self {
    case .basic: .basic
    case .x509: .x509
    case .other(let type, _): type
    }
  }

  public init(from reader: inout WireReader) throws(WireError) {
    switch try reader.read(CredentialType.self) {
    case .basic:
      self = .basic(identity: try reader.readOpaque())
    case .x509:
      var certificates: [[UInt8]] = []
      try reader.readVector { (inner) throws(WireError) in
        while !inner.isAtEnd { certificates.append(try inner.readOpaque()) }
      }
      self = .x509(certificates: certificates)
    case let type:
      self = .other(type, body: try reader.readOpaque())
    }
  }

  public func encode(into writer: inout WireWriter) {
    writer.write(type)
    switch self {
    case .basic(let identity):
      writer.writeOpaque(identity)
    case .x509(let certificates):
      writer.writeVector { (inner: inout WireWriter) in
        for certificate in certificates { inner.writeOpaque(certificate) }
      }
    case .other(_, let body):
      writer.writeOpaque(body)
    }
  }
}
