// SPDX-License-Identifier: Apache-2.0

import Engine
import KeyManagement
import Primitives

extension Tool {
  enum Opening {
    /// With the keyring's key, if it is there.
    case usual
    /// With the passphrase in any case.
    case asking
  }

  /// Opens the profile: the named passphrase source, the keyring, then a person.
  func open(_ opening: Opening = .usual) throws(Failure) -> Session {
    try Session.requireProfile(self)
    try Privacy.require(directories)
    if opening == .usual, !passphrases.isNamed, let vault = fromKeyring() {
      return try Session(vault, directories)
    }
    let vault = try withPassphrase { passphrase throws(VaultError) in
      try SealedVault.unlock(at: directories.vault, passphrase: passphrase)
    }
    return try Session(vault, directories)
  }

  /// Hands the passphrase to `body`; who types it may try three times.
  func withPassphrase<Answer: ~Copyable>(
    _ body: (borrowing SecretBytes) throws(VaultError) -> Answer
  ) throws(Failure) -> Answer {
    var attempts = passphrases.isNamed ? 1 : 3
    while true {
      attempts -= 1
      var bytes = try secretBytes()
      let passphrase: SecretBytes
      do throws(PrimitiveError) {
        passphrase = try SecretBytes(consumingAndWiping: &bytes)
      } catch {
        throw Failure(.failed, "the system gives no more locked memory")
      }
      let progress = Progress("opening the vault", on: console)
      do throws(VaultError) {
        let answer = try body(passphrase)
        progress.end()
        return answer
      } catch {
        progress.end()
        guard error == .wrongPassphrase, attempts > 0 else { throw Failure(error) }
        console.say("That passphrase does not open it. Once more.")
      }
    }
  }

  private func secretBytes() throws(Failure) -> [UInt8] {
    if let named = try passphrases.read() { return named }
    return try asked()
  }

  private func asked() throws(Failure) -> [UInt8] {
    guard prompter.canAsk else {
      guard UserKeyring(directories).holdsKey else { throw Failure(.noPassphrase) }
      throw Failure(
        .noPassphrase,
        "this asks for the passphrase even while the profile is unlocked, and there is no terminal",
        next: ["the same command with --passphrase-file FILE"])
    }
    let name = directories.profile == "default" ? "" : " of \"\(directories.profile)\""
    return try prompter.secret("Passphrase\(name): ", flag: "--passphrase-file FILE")
  }

  /// Nil where the keyring has no key, or one from before the vault was re-keyed.
  private func fromKeyring() -> SealedVault? {
    let keyring = UserKeyring(directories)
    guard var bytes = keyring.read(), let key = try? SecretBytes(consumingAndWiping: &bytes) else {
      return nil
    }
    do throws(VaultError) {
      return try SealedVault.unlock(at: directories.vault, vaultKey: key)
    } catch {
      if error == .wrongPassphrase { keyring.revoke() }
      return nil
    }
  }
}
