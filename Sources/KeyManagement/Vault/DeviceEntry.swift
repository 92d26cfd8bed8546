// SPDX-License-Identifier: Apache-2.0

internal import Certificates
internal import WireFormat

/// A device certificate as the vault keeps it.
struct DeviceEntry: WireEncodable, WireDecodable, Sendable {
  private static let version: UInt8 = 1
  let certificate: DeviceCertificate
  let created: Int64

  init(_ record: DeviceRecord) {
    certificate = record.verified.certificate
    created = record.created
  }

  func verify() throws(VaultError) -> DeviceRecord {
    do { return DeviceRecord(verified: try certificate.verify(), created: created) } catch {
      throw .damaged
    }
  }

  func encode(into writer: inout WireWriter) {
    writer.write(Self.version)
    writer.write(certificate)
    writer.write(UInt64(bitPattern: created))
  }

  init(from reader: inout WireReader) throws(WireError) {
    guard try reader.readUInt8() == Self.version else { throw .invalidValue }
    certificate = try reader.read()
    created = Int64(bitPattern: try reader.readUInt64())
  }
}
