// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Where things lie: the XDG directories, and in them one directory per profile.
struct Directories: Equatable, Sendable {
  let profile: String
  /// Vault, store and lock.
  let data: String
  /// The configuration file, shared by all profiles.
  let configuration: String
  /// What may be lost: hints already given.
  let state: String

  var vault: String { data + "/vault" }
  var store: String { data + "/store.sqlite" }
  var lock: String { data + "/lock" }
  var hints: String { state + "/hints" }

  init(profile: String) throws(Failure) {
    guard Directories.isProfileName(profile) else {
      throw Failure(
        .usage,
        "\"\(Printable.line(profile))\" cannot be the name of a profile: letters, digits,"
          + " . _ - and at most 64 of them")
    }
    self.profile = profile
    let home = try Directories.home()
    func base(_ variable: String, _ fallback: String) -> String {
      // The XDG specification: a relative path is to be ignored.
      guard let set = Environment[variable], set.hasPrefix("/") else { return home + fallback }
      return set
    }
    data = base("XDG_DATA_HOME", "/.local/share") + "/alcove/" + profile
    configuration = base("XDG_CONFIG_HOME", "/.config") + "/alcove/config"
    state = base("XDG_STATE_HOME", "/.local/state") + "/alcove/" + profile
  }

  /// The same profile in another place, while it is being made.
  func moved(to data: String) -> Directories {
    Directories(profile: profile, data: data, configuration: configuration, state: state)
  }

  /// Removes what a profile consists of, and its directory if nothing else is in it.
  func remove() {
    for file in [vault, store, store + "-wal", store + "-shm", lock, vault + ".lock"] {
      _ = unsafe unlink(file)
    }
    _ = unsafe rmdir(data)
  }

  private init(profile: String, data: String, configuration: String, state: String) {
    self.profile = profile
    self.data = data
    self.configuration = configuration
    self.state = state
  }

  /// The file of the configuration, before a profile is known.
  static func configurationPath() throws(Failure) -> String {
    try Directories(profile: "default").configuration
  }

  static func isProfileName(_ name: String) -> Bool {
    (1...64).contains(name.utf8.count) && name.first != "." && name.first != "-"
      && name.utf8.allSatisfy {
        switch $0 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
          UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }

  private static func home() throws(Failure) -> String {
    if let home = Environment["HOME"], home.hasPrefix("/") { return home }
    if let entry = unsafe getpwuid(getuid()), let directory = unsafe entry.pointee.pw_dir {
      return unsafe String(cString: directory)
    }
    throw Failure(.fileTrouble, "there is no home directory; set HOME")
  }
}
