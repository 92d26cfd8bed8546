// SPDX-License-Identifier: Apache-2.0

import Foundation
import Relay
import RelayLog
import RelayProtocol

/// Where a relay's certificate comes from: its own authority in its directory, or files of the operator.
struct TLSFiles: Sendable {
  private let home: RelayHome
  /// Chain and key of the operator; nil for the relay's own.
  private let given: (chain: String, key: String)?

  init(_ home: RelayHome, _ configuration: Configuration) {
    self.home = home
    given =
      configuration[.certificate].isEmpty
      ? nil : (configuration[.certificate], configuration[.certificateKey])
  }

  var isOwn: Bool { given == nil }

  /// The path of the chain as a word of a command.
  var word: String { Shell.word(files.chain) }

  private var files: (chain: String, key: String) {
    given ?? (home.certificate, home.certificateKey)
  }

  /// The chain and the key as a relay shows that is served now: its own are renewed when their time comes.
  func loadRenewed(now: Int64) throws -> ServerCertificate {
    try renewIfDue(now: now)
    return try load()
  }

  /// The chain and the key as they lie there now. Nothing is written: whoever only looks may do so at a backup,
  /// and as another user than the relay's.
  func load() throws -> ServerCertificate {
    let (chain, key) = try read()
    do throws(ServerCertificateError) {
      return try ServerCertificate(chain: chain, key: key)
    } catch {
      throw failure(error)
    }
  }

  /// Takes what lies there now; false when that is what is shown already.
  func reload(into shown: ServerCertificate, now: Int64) throws -> Bool {
    try renewIfDue(now: now)
    let (chain, key) = try read()
    return try shown.replace(chain: chain, key: key)
  }

  /// Whether a certificate is the relay's own and to be made anew: it ends soon, or is not good yet, since the
  /// clock ran ahead when it was made. A clock that cannot be right decides nothing.
  func isDue(_ certificate: ServerCertificate, now: Int64) -> Bool {
    isOwn && ReadinessChecks.isPlausible(now)
      && (certificate.expires - now <= PrivateAuthority.renewal || certificate.begins > now)
  }

  /// Whether the relay's own certificate is made anew when it is served: its time has come, or the key is
  /// another one's, since renewing was interrupted.
  func isRenewalDue(now: Int64) -> Bool {
    guard isOwn, let (chain, key) = try? read() else { return false }
    guard let certificate = try? ServerCertificate(chain: chain, key: key) else { return true }
    return isDue(certificate, now: now)
  }

  /// When the files were last written, to notice a renewal.
  var written: [Date] {
    [files.chain, files.key].map { path in
      let facts = try? FileManager.default.attributesOfItem(atPath: path)
      return facts?[.modificationDate] as? Date ?? .distantPast
    }
  }

  /// Names and addresses that the certificate is for.
  func names() throws -> [String] {
    guard
      let names = try? PrivateAuthority.names(of: String(decoding: try read().chain, as: UTF8.self))
    else { throw failure(.certificate) }
    return names
  }

  private func read() throws -> (chain: [UInt8], key: [UInt8]) {
    guard let chain = FileManager.default.contents(atPath: files.chain),
      let key = FileManager.default.contents(atPath: files.key)
    else {
      throw Failure(
        code: "certificate", exit: 1,
        message: "The certificate or its key cannot be read: \(files.chain), \(files.key).",
        next: [
          isOwn
            ? "alcove-relay certificate --directory \(home.word) --name NAME"
            : "ls -l \(Shell.word(files.chain))"
        ])
    }
    guard !isOwn || home.isForOwnerAlone(files.key) else {
      throw RelayStoreError.readableByOthers
    }
    guard chain.count <= 1 << 20, key.count <= 1 << 20 else {
      throw failure(.certificate)
    }
    return (Array(chain), Array(key))
  }

  private func renewIfDue(now: Int64) throws {
    if isRenewalDue(now: now) { try issue(try names(), now: now) }
  }

  /// Makes the relay's own certificate anew, under the authority that its address names.
  func issue(_ names: [String], now: Int64) throws {
    let authority = try home.authority()
    let (chain, key) = try authority.issue(
      names, from: now - PrivateAuthority.backdating, until: now + PrivateAuthority.lifetime)
    // The key first: a chain without its key is noticed and made again, whichever is the newer.
    try home.write(key, to: home.certificateKey)
    try home.write(chain, to: home.certificate)
  }

  private func failure(_ error: ServerCertificateError) -> Failure {
    let (message, file) =
      switch error {
      case .certificate: ("holds no certificates in PEM", files.chain)
      case .privateKey: ("holds no private key in PEM, or one with a passphrase", files.key)
      case .mismatch: ("is not the key of the certificate", files.key)
      }
    return Failure(
      code: "certificate", exit: 1, message: "\(file) \(message). Nothing was changed.",
      next: [
        isOwn
          ? "alcove-relay certificate --directory \(home.word) --name NAME"
          : "alcove-relay check --directory \(home.word)"
      ])
  }
}
