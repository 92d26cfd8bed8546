// SPDX-License-Identifier: Apache-2.0

import NIOHTTP2
import NIOSSL
package import RelayProtocol
import Synchronization

/// What a relay shows to whoever connects; it can be exchanged while it serves.
///
/// A connection keeps what it began with, the next one has the new certificate.
package final class ServerCertificate: Sendable {
  private struct Shown {
    let context: NIOSSLContext
    let chain: [NIOSSLCertificate]
    let begins: Int64
    let expires: Int64
    let pin: RelayPin
  }

  private let shown: Mutex<Shown>

  /// Reads a chain, own certificate first, and its private key, both in PEM.
  package init(chain: [UInt8], key: [UInt8]) throws(ServerCertificateError) {
    shown = Mutex(try Self.read(chain: chain, key: key))
  }

  /// Takes another chain and key for the connections that come; an error leaves the old ones.
  ///
  /// - Returns: Whether it is another chain.
  @discardableResult
  package func replace(chain: [UInt8], key: [UInt8]) throws(ServerCertificateError) -> Bool {
    let new = try Self.read(chain: chain, key: key)
    return shown.withLock { shown in
      defer { shown = new }
      return shown.chain != new.chain
    }
  }

  var context: NIOSSLContext { shown.withLock { $0.context } }

  /// When the own certificate begins to be good, in seconds since 1970.
  package var begins: Int64 { shown.withLock { $0.begins } }

  /// When the own certificate ends, in seconds since 1970.
  package var expires: Int64 { shown.withLock { $0.expires } }

  /// Whether it is good at `now`, in seconds since 1970, and for some seconds more.
  package func isGood(at now: Int64, for seconds: Int64) -> Bool {
    shown.withLock { $0.begins <= now && $0.expires - now >= seconds }
  }

  /// The pin of the chain's last certificate, which is the authority's where the chain is whole.
  package var pin: RelayPin { shown.withLock { $0.pin } }

  private static func read(chain: [UInt8], key: [UInt8]) throws(ServerCertificateError) -> Shown {
    let certificates: [NIOSSLCertificate]
    do { certificates = try NIOSSLCertificate.fromPEMBytes(chain) } catch { throw .certificate }
    guard let own = certificates.first, let last = certificates.last else { throw .certificate }
    let privateKey: NIOSSLPrivateKey
    do { privateKey = try NIOSSLPrivateKey(bytes: key, format: .pem) } catch { throw .privateKey }
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(privateKey))
    configuration.minimumTLSVersion = .tlsv13
    configuration.applicationProtocols = NIOHTTP2SupportedALPNProtocols
    do {
      // Fails when the key is not the certificate's.
      return Shown(
        context: try NIOSSLContext(configuration: configuration), chain: certificates,
        begins: Int64(own.notValidBefore), expires: Int64(own.notValidAfter),
        pin: RelayPin(certificate: try last.toDERBytes()))
    } catch {
      throw .mismatch
    }
  }
}
