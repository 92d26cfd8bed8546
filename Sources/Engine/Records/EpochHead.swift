// SPDX-License-Identifier: Apache-2.0

internal import Consent
internal import WireFormat

/// The ledger to which an epoch was bound by its group context, kept for the audit.
struct EpochHead: WireCodable, Sendable {
  var consent: ConsentExtension

  init(_ consent: ConsentExtension) { self.consent = consent }

  func encode(into writer: inout WireWriter) { writer.write(consent) }

  init(from reader: inout WireReader) throws(WireError) { consent = try reader.read() }
}
