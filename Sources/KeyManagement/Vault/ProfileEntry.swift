// SPDX-License-Identifier: Apache-2.0

internal import Certificates
internal import WireFormat

/// What does not change in the life of a profile.
struct ProfileEntry: WireEncodable, WireDecodable, Sendable {
  private static let version: UInt8 = 1
  let role: Role
  let recovery: RecoveryKey

  init(role: Role, recovery: RecoveryKey) {
    self.role = role
    self.recovery = recovery
  }

  func encode(into writer: inout WireWriter) {
    writer.write(Self.version)
    writer.write(role)
    writer.write(recovery)
  }

  init(from reader: inout WireReader) throws(WireError) {
    guard try reader.readUInt8() == Self.version else { throw .invalidValue }
    role = try reader.read()
    recovery = try reader.read()
  }
}
