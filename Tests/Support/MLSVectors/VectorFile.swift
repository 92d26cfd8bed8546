// SPDX-License-Identifier: Apache-2.0

import Foundation
import MLS

/// A file of test vectors, whose kind is recognised from what it holds.
public struct VectorFile: Sendable {
  /// Every kind that is known.
  private static let kinds: [any Vector.Type] = [
    TreeMathVector.self, TreeOperationsVector.self, TreeValidationVector.self,
    TreeKEMVector.self, CryptoBasicsVector.self, DeserializationVector.self,
    KeyScheduleVector.self, MessagesVector.self, PreSharedKeySecretVector.self,
    TranscriptHashesVector.self, SecretTreeVector.self, MessageProtectionVector.self,
    WelcomeVector.self, PassiveClientVector.self,
  ]

  private let data: Data
  private let kindIndex: Int

  /// What keeps a file from being run at all.
  public enum Unreadable: Error, CustomStringConvertible {
    case notAVectorFile(String)
    case unknownKind(String)

    public var description: String {
      switch self {
      case .notAVectorFile(let path): "\(path): not a JSON array of objects"
      case .unknownKind(let path): "\(path): no known kind of vectors"
      }
    }
  }

  /// Reads a file, wherever it lies, and recognises its kind.
  public init(path: String) throws {
    guard
      let data = try? Data(contentsOf: URL(filePath: path)),
      let objects = try? JSONDecoder().decode([Names].self, from: data),
      let first = objects.first
    else { throw Unreadable.notAVectorFile(path) }
    guard let kind = Self.kinds.firstIndex(where: { $0.signature.isSubset(of: first.names) }) else {
      throw Unreadable.unknownKind(path)
    }
    self.data = data
    kindIndex = kind
  }

  /// The kind, as its file is usually named.
  public var kind: String { Self.kinds[kindIndex].kind }

  /// Verifies the vectors of one suite, or all.
  public func run(onlySuite: UInt16? = nil) throws -> VectorReport {
    try run(Self.kinds[kindIndex], onlySuite: onlySuite)
  }

  /// The suites that occur in the file.
  public func suites() throws -> [UInt16] {
    try suites(Self.kinds[kindIndex])
  }

  private func decode<Kind: Vector>(_ kind: Kind.Type) throws -> [Kind] {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode([Kind].self, from: data)
  }

  private func suites<Kind: Vector>(_ kind: Kind.Type) throws -> [UInt16] {
    Array(Set(try decode(kind).compactMap(\.suite))).sorted()
  }

  private func run<Kind: Vector>(_ kind: Kind.Type, onlySuite: UInt16?) throws -> VectorReport {
    var report = VectorReport(kind: kind.kind)
    for (place, vector) in try decode(kind).enumerated() {
      if let onlySuite, let suite = vector.suite, suite != onlySuite { continue }
      if let suite = vector.suite, CipherSuite(rawValue: suite) == nil {
        report.skip(suite: unsupportedSuiteName(suite))
        continue
      }
      do {
        try vector.verify()
        report.pass()
      } catch {
        let suite = vector.suite.map { " suite \($0)" } ?? ""
        report.fail("\(kind.kind)[\(place)]\(suite): \(error)")
      }
    }
    return report
  }

  private func unsupportedSuiteName(_ suite: UInt16) -> String {
    switch suite {
    case 4: "MLS_256_DHKEMX448_AES256GCM_SHA512_Ed448 (0x0004)"
    case 6: "MLS_256_DHKEMX448_CHACHA20POLY1305_SHA512_Ed448 (0x0006)"
    default: "0x\(String(suite, radix: 16))"
    }
  }
}

/// The names of an object, whatever their values are.
private struct Names: Decodable {
  let names: Set<String>

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    names = Set(try decoder.container(keyedBy: Key.self).allKeys.map(\.stringValue))
  }
}
