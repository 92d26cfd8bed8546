// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// Passphrases for those who have none: 7 words of 2,048, 77 bits, before the cost of Argon2id.
public enum StrongPassphrase {
  /// How many words.
  public static let count = 7

  public static func make(random: some RandomSource = SystemRandom()) -> String {
    (0..<count).map { _ in WordList.english[Int(random.uniform(below: 2_048))] }
      .joined(separator: "-")
  }
}
