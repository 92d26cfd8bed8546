// SPDX-License-Identifier: Apache-2.0

import Primitives
import WireFormat

/// What a member keeps of an epoch's secrets for as long as the epoch lasts, RFC 9420 section 8.
struct EpochKeys: Sendable {
  let senderData: SharedSecret
  /// Nil once erased.
  var exporter: SharedSecret?
  let external: SharedSecret
  let membership: SharedSecret
  let resumption: SharedSecret
  let authenticator: SharedSecret
  let initSecret: SharedSecret

  init(_ secrets: EpochSecrets) {
    senderData = secrets.senderData
    exporter = secrets.exporter
    external = secrets.external
    membership = secrets.membership
    resumption = secrets.resumption
    authenticator = secrets.authenticator
    initSecret = secrets.initSecret
  }

  // MARK: Stored state

  func encodeExposingSecrets(into writer: inout WireWriter) {
    writer.writeSecret(senderData)
    writer.write(UInt8(exporter == nil ? 0 : 1))
    if let exporter { writer.writeSecret(exporter) }
    writer.writeSecret(external)
    writer.writeSecret(membership)
    writer.writeSecret(resumption)
    writer.writeSecret(authenticator)
    writer.writeSecret(initSecret)
  }

  init(exposedFrom reader: inout WireReader) throws(WireError) {
    senderData = try reader.readSecret()
    switch try reader.readUInt8() {
    case 0: exporter = nil
    case 1: exporter = try reader.readSecret()
    default: throw .invalidValue
    }
    external = try reader.readSecret()
    membership = try reader.readSecret()
    resumption = try reader.readSecret()
    authenticator = try reader.readSecret()
    initSecret = try reader.readSecret()
  }
}
