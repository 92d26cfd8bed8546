// SPDX-License-Identifier: Apache-2.0

import Certificates
import Primitives
import Testing
import WireFormat

@testable import KeyManagement

@Suite struct RecoveryTests {
  /// Vectors of BIP39 for 256 bits.
  private static let vectors: [(byte: UInt8, words: String)] = [
    (0x00, String(repeating: "abandon ", count: 23) + "art"),
    (
      0x7f,
      """
      legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth \
      useful legal winner thank year wave sausage worth title
      """
    ),
    (
      0x80,
      """
      letter advice cage absurd amount doctor acoustic avoid letter advice cage absurd amount doctor \
      acoustic avoid letter advice cage absurd amount doctor acoustic bless
      """
    ),
    (0xff, String(repeating: "zoo ", count: 23) + "vote"),
  ]

  private struct Constant: RandomSource {
    let byte: UInt8
    func bytes(_ count: Int) -> [UInt8] { [UInt8](repeating: byte, count: count) }
  }

  @Test(arguments: 0..<4) func `words agree with BIP39`(_ index: Int) throws {
    let (byte, text) = Self.vectors[index]
    let words = try RecoveryWords(random: Constant(byte: byte))
    #expect(words.words().joined(separator: " ") == text)
    let typed = try RecoveryWords(text)
    #expect(try typed.recoveryKey() == words.recoveryKey())
  }

  @Test func `the list has 2,048 words in order, unique by four letters`() {
    let list = WordList.english
    #expect(list.count == 2_048)
    let words = (0..<list.count).map { list[$0] }
    #expect(words == words.sorted())
    #expect(Set(words.map { $0.prefix(4) }).count == 2_048)
    #expect(words.indices.allSatisfy { list.index(of: words[$0]) == $0 })
    #expect(list.index(of: "abou") == 3 && list.index(of: "abo") == nil)
    #expect(list.index(of: "") == nil && list.index(of: "zzzz") == nil)
  }

  @Test func `words are read however they are typed`() throws {
    let words = try testWords().words()
    let typed = [
      words.joined(separator: "\n"), words.joined(separator: "  ").uppercased(),
      words.map { String($0.prefix(4)) }.joined(separator: " "),
      words.enumerated().map { "\($0.offset + 1). \($0.element)" }.joined(separator: "\t"),
    ]
    let key = try testWords().recoveryKey()
    for text in typed { #expect(try RecoveryWords(text).recoveryKey() == key) }
  }

  @Test func `what is wrong with words is named`() throws {
    var words = try testWords().words()
    #expect(throws: RecoveryWordsError.wrongCount(23)) {
      _ = try RecoveryWords(words.dropLast().joined(separator: " "))
    }
    #expect(throws: RecoveryWordsError.wrongCount(0)) { _ = try RecoveryWords("") }
    let third = words[2]
    words[2] = "alcove"
    #expect(throws: RecoveryWordsError.unknownWord(at: 3)) {
      _ = try RecoveryWords(words.joined(separator: " "))
    }
    words[2] = third
    words.swapAt(0, 23)
    #expect(throws: RecoveryWordsError.wrongChecksum) {
      _ = try RecoveryWords(words.joined(separator: " "))
    }
  }

  @Test func `a sealed identity opens with its words and relationship only`() throws {
    let identity = try Ed25519SigningKey()
    let sealed = try SealedIdentity.seal(
      identity, to: testWords().recoveryKey(), relationship: [1, 2, 3])
    let again = try SealedIdentity(wireBytes: sealed.wireBytes)
    #expect(sealed.wireBytes.count == 1_172)
    let opened = try again.open(with: testWords(), relationship: [1, 2, 3])
    #expect(opened.publicKey == identity.publicKey)
    #expect(throws: VaultError.wrongRecoveryWords) {
      _ = try again.open(with: testWords(), relationship: [1, 2, 4])
    }
    #expect(throws: VaultError.wrongRecoveryWords) {
      _ = try again.open(with: testWords(2), relationship: [1, 2, 3])
    }
    #expect(throws: VaultError.wrongRecoveryWords) {
      _ = try again.open(
        with: testWords(), relationship: [1, 2, 3],
        expecting: IdentityKey(Ed25519SigningKey().publicKey))
    }
  }

  @Test func `no flipped or missing byte of a sealed identity is accepted`() throws {
    let identity = try Ed25519SigningKey()
    let bytes = try SealedIdentity.seal(
      identity, to: testWords().recoveryKey(), relationship: [1]
    ).wireBytes
    let words = try testWords()
    // Every byte of the short parts, a sample of the encapsulated key: each try costs a decapsulation.
    let sample = Array(0..<4) + Array(stride(from: 4, to: 1_123, by: 37)) + Array(1_123..<1_172)
    for index in sample {
      var forged = bytes
      forged[index] ^= 0x01
      var isOpened = false
      if let sealed = try? SealedIdentity(wireBytes: forged) {
        do {
          _ = try sealed.open(with: words, relationship: [1])
          isOpened = true
        } catch {}
      }
      #expect(!isOpened, "byte \(index)")
    }
    for count in 0..<bytes.count {
      #expect(throws: WireError.self) { try SealedIdentity(wireBytes: Array(bytes[..<count])) }
    }
    #expect(throws: WireError.trailingBytes) { try SealedIdentity(wireBytes: bytes + [0]) }
  }

  @Test func `the recovery key and the identity come from the words alone and differ by words`()
    throws
  {
    #expect(try testWords().recoveryKey() == testWords().recoveryKey())
    #expect(try testWords().recoveryKey() != testWords(2).recoveryKey())
    #expect(
      try testWords().therapistIdentity().publicKey == testWords().therapistIdentity().publicKey)
    #expect(
      try testWords().therapistIdentity().publicKey != testWords(2).therapistIdentity().publicKey)
  }

  @Test func `a made passphrase has seven words of the list`() {
    let made = StrongPassphrase.make().split(separator: "-").map(String.init)
    #expect(made.count == 7)
    #expect(made.allSatisfy { WordList.english.index(of: $0) != nil })
    #expect(StrongPassphrase.make() != StrongPassphrase.make())
  }
}
