// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// What members exchange, RFC 9420 section 6.
///
/// ```
/// struct {
///     ProtocolVersion version = mls10;
///     WireFormat wire_format;
///     select (MLSMessage.wire_format) {
///         case mls_public_message:  PublicMessage public_message;
///         case mls_private_message: PrivateMessage private_message;
///         case mls_welcome:         Welcome welcome;
///         case mls_group_info:      GroupInfo group_info;
///         case mls_key_package:     KeyPackage key_package;
///     };
/// } MLSMessage;
/// ```
public enum MLSMessage: Hashable, Sendable, WireCodable {
  case publicMessage(PublicMessage)
  case privateMessage(PrivateMessage)
  case welcome(Welcome)
  case groupInfo(GroupInfo)
  case keyPackage(KeyPackage)

  public var format: MessageFormat {
    switch self {
    case .publicMessage: .publicMessage
    case .privateMessage: .privateMessage
    case .welcome: .welcome
    case .groupInfo: .groupInfo
    case .keyPackage: .keyPackage
    }
  }

  public init(from reader: inout WireReader) throws(WireError) {
    let version: ProtocolVersion = try reader.read()
    // RFC 9420 §6
    guard version == .mls10 else { throw .version }
    switch try reader.read(MessageFormat.self) {
    case .publicMessage: self = .publicMessage(try reader.read())
    case .privateMessage: self = .privateMessage(try reader.read())
    case .welcome: self = .welcome(try reader.read())
    case .groupInfo: self = .groupInfo(try reader.read())
    case .keyPackage:
      let keyPackage: KeyPackage = try reader.read()
      // RFC 9420 §10
      guard keyPackage.version == version else { throw .version }
      self = .keyPackage(keyPackage)
    default: throw .invalidValue
    }
  }

  public func encode(into writer: inout WireWriter) {
    writer.write(ProtocolVersion.mls10)
    writer.write(format)
    switch self {
    case .publicMessage(let message): writer.write(message)
    case .privateMessage(let message): writer.write(message)
    case .welcome(let welcome): writer.write(welcome)
    case .groupInfo(let groupInfo): writer.write(groupInfo)
    case .keyPackage(let keyPackage): writer.write(keyPackage)
    }
  }
}
