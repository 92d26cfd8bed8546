// SPDX-License-Identifier: Apache-2.0

package import Primitives
package import WireFormat

/// What a Welcome tells one new member alone, RFC 9420 section 12.4.3.1.
///
/// ```
/// struct {
///   opaque joiner_secret<V>;
///   optional<PathSecret> path_secret;
///   PreSharedKeyID psks<V>;
/// } GroupSecrets;
/// ```
package struct GroupSecrets: Sendable {
  package let joinerSecret: SharedSecret
  package let pathSecret: SharedSecret?
  package let preSharedKeys: [PreSharedKeyID]

  init(joinerSecret: SharedSecret, pathSecret: SharedSecret?, preSharedKeys: [PreSharedKeyID]) {
    self.joinerSecret = joinerSecret
    self.pathSecret = pathSecret
    self.preSharedKeys = preSharedKeys
  }

  /// Reads what a Welcome held; the caller wipes the bytes.
  package init(exposedBytes: [UInt8]) throws(WireError) {
    var reader = WireReader(exposedBytes)
    joinerSecret = try reader.readSecret()
    switch try reader.readUInt8() {
    case 0: pathSecret = nil
    case 1: pathSecret = try reader.readSecret()
    default: throw .invalidValue
    }
    preSharedKeys = try reader.readVector()
    try reader.finish()
  }

  /// The encoding, in the clear; the caller wipes it.
  package func encodedExposingSecrets() -> [UInt8] {
    // Whole at once: no outgrown buffer with secrets is left behind.
    let keys = preSharedKeys.reduce(0) { $0 + $1.wireBytes.count }
    var writer = WireWriter(reservingCapacity: 512 + keys)
    writer.writeSecret(joinerSecret)
    writer.write(UInt8(pathSecret == nil ? 0 : 1))
    if let pathSecret { writer.writeSecret(pathSecret) }
    writer.writeVector(preSharedKeys)
    return writer.bytes
  }
}
