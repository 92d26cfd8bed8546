// SPDX-License-Identifier: Apache-2.0

import Certificates
import Consent
import Engine
import EnvelopeStore
import Glibc
import KeyManagement
import Primitives

extension Session {
  /// Finds out whether a profile can be made here, before words of it are handed to anybody.
  static func requirePlace(_ tool: Tool) throws(Failure) {
    let parent = Files.directory(of: tool.directories.data)
    do throws(SystemFailure) {
      try Files.makeDirectory(parent)
      guard unsafe access(parent, W_OK | X_OK) == 0 else { throw .last("access") }
    } catch {
      throw Failure(error, path: parent)
    }
  }

  /// Makes a profile in a draft directory and renames it into its place: there is a whole profile or
  /// none, wherever the power fails.
  static func make(
    _ new: NewProfile, words: borrowing RecoveryWords, passphrase: borrowing SecretBytes,
    _ tool: Tool
  ) throws -> Session {
    let place = tool.directories.data
    let drafts = tool.directories.moved(to: "\(place).\(getpid()).new")
    do throws(SystemFailure) {
      try Files.makeDirectory(drafts.data)
    } catch {
      throw Failure(error, path: drafts.data)
    }
    defer { drafts.remove() }
    let key = try fill(drafts, new, words: words, passphrase: passphrase, tool.kdf)
    guard unsafe rename(drafts.data, place) == 0 else {
      let failure = SystemFailure.last("rename")
      if [EEXIST, ENOTEMPTY].contains(failure.number) {
        throw Failure(EngineError(.profileExists))
      }
      throw Failure(failure, path: place)
    }
    let vault: SealedVault
    do throws(VaultError) {
      vault = try SealedVault.unlock(at: tool.directories.vault, vaultKey: key)
    } catch {
      throw Failure(error)
    }
    return try Session(vault, tool.directories)
  }

  /// Vault, store and the profile's first row; the key that opens the vault again at no cost.
  private static func fill(
    _ drafts: Directories, _ new: NewProfile, words: borrowing RecoveryWords,
    passphrase: borrowing SecretBytes, _ kdf: Tool.KeyDerivation
  ) throws -> SecretBytes {
    let vault: SealedVault
    do throws(VaultError) {
      vault = try SealedVault.create(
        at: drafts.vault, passphrase: passphrase,
        role: new.role == .therapist ? .therapist : .client, words: words, profile: kdf.profile,
        at: LocalTime.now.seconds)
    } catch {
      throw Failure(error)
    }
    let session = try Session(vault, drafts, opening: .creating)
    try session.alcove.createProfile(new)
    session.closeStore()
    do throws(VaultError) {
      return try vault.vaultKey()
    } catch {
      throw Failure(error)
    }
  }
}

extension Tool.KeyDerivation {
  var profile: KDFProfile { self == .full ? .standard : .insecureForTests }
}
