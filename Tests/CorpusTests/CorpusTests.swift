// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What the fuzzer has found worth keeping, played again without it: `Scripts/fuzz` grows the folders.
@Suite struct CorpusTests {
  private static let names = FuzzTarget.all.map(\.name)

  private static func target(_ name: String) throws -> FuzzTarget {
    try #require(FuzzTarget.all.first { $0.name == name })
  }

  private static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Corpus")

  private static func corpus(_ name: String) throws -> [(file: String, bytes: [UInt8])] {
    let folder = folder.appending(path: name)
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map { file in
      (file, Array(try Data(contentsOf: folder.appending(path: file))))
    }
  }

  /// Runs an input as it is, and from the middle of a larger array.
  private static func run(_ input: [UInt8], _ target: FuzzTarget) throws {
    try target.run(input[...])
    let padded = [0xAA, 0xBB, 0xCC] + input + [0xDD]
    try target.run(padded[3..<3 + input.count])
  }

  @Test(arguments: names)
  func `every input that was worth keeping is answered`(name: String) throws {
    let target = try Self.target(name)
    let corpus = try Self.corpus(name)
    try #require(!corpus.isEmpty)
    for (file, bytes) in corpus {
      #expect(throws: Never.self, "\(name)/\(file)") { try Self.run(bytes, target) }
    }
  }

  @Test(arguments: names)
  func `and so is every valid one`(name: String) throws {
    let target = try Self.target(name)
    let seeds = try target.seeds()
    try #require(!seeds.isEmpty)
    for (index, seed) in seeds.enumerated() {
      #expect(throws: Never.self, "seed \(index) of \(name)") { try Self.run(seed, target) }
    }
  }

  @Test func `no folder is without its target`() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    #expect(Set(folders) == Set(Self.names))
  }
}
