// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Relay
import RelayLog

/// Sizes and dates of a relay's files, read when somebody asks.
struct RelayGauges: Sendable {
  let home: RelayHome
  let certificate: ServerCertificate?

  /// What is shown is good now and for another day.
  var isCertificateGood: Bool {
    certificate?.isGood(at: Int64(Date().timeIntervalSince1970), for: 86_400) ?? true
  }

  func sample() -> RelayMetrics.Sample {
    var sample = RelayMetrics.Sample()
    sample.storeBytes = Self.size(home.store)
    sample.logBytes = Self.size(home.store + "-wal")
    sample.blobBytes = SQLiteRelayStore.blobBytes(path: home.store)
    sample.freeBytes = Self.freeBytes(home.path)
    sample.certificateDays = certificate.map {
      (Double($0.expires) - Date().timeIntervalSince1970) / 86_400
    }
    // No backup is an age that every alarm notices.
    sample.backupAge =
      home.lastBackup.map { max(0, Date().timeIntervalSince($0)) } ?? .infinity
    return sample
  }

  /// What an ordinary user may still write beside the store, in bytes.
  static func freeBytes(_ path: String) -> Int64? {
    var status = statvfs()
    guard unsafe statvfs(path, &status) == 0 else { return nil }
    let (bytes, isTooMuch) = Int64(clamping: status.f_bavail)
      .multipliedReportingOverflow(by: Int64(clamping: status.f_frsize))
    return isTooMuch ? .max : bytes
  }

  private static func size(_ path: String) -> Int64? {
    let facts = try? FileManager.default.attributesOfItem(atPath: path)
    return (facts?[.size] as? NSNumber)?.int64Value
  }
}
