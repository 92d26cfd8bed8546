// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Runs `--passphrase-command` and takes what it prints.
enum ShellCommand {
  /// Standard output of `sh -c command`; stdin and stderr stay the user's, so that it may ask.
  static func output(of command: String, limit: Int) throws(SystemFailure) -> [UInt8] {
    var ends: [Int32] = [0, 0]
    guard unsafe pipe(&ends) == 0 else { throw .last("pipe") }
    let (reading, writing) = (ends[0], ends[1])
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, writing, 1)
    // The signals this process ignores would stay ignored in the child.
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    var pipeSignal = sigset_t()
    unsafe sigemptyset(&pipeSignal)
    unsafe sigaddset(&pipeSignal, SIGPIPE)
    unsafe posix_spawnattr_setsigdefault(&attributes, &pipeSignal)
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))

    var child: pid_t = 0
    let result = unsafe "/bin/sh".withCString { shell in
      unsafe "-c".withCString { flag in
        unsafe command.withCString { text in
          let arguments: [UnsafeMutablePointer<CChar>?] = unsafe [
            UnsafeMutablePointer(mutating: shell),
            UnsafeMutablePointer(mutating: flag),
            UnsafeMutablePointer(mutating: text), nil,
          ]
          return unsafe posix_spawn(&child, shell, &actions, &attributes, arguments, environ)
        }
      }
    }
    close(writing)
    defer { close(reading) }
    guard result == 0 else { throw SystemFailure(call: "posix_spawn", number: result) }
    var bytes: [UInt8]
    do throws(SystemFailure) {
      bytes = try Descriptor(number: reading).readAll(limit: limit)
    } catch {
      kill(child, SIGTERM)
      _ = waitpid(child, nil, 0)
      throw error
    }
    var status: Int32 = 0
    while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
    guard status == 0 else {
      wipe(&bytes)
      throw SystemFailure(call: "sh", number: ECHILD)
    }
    return bytes
  }
}
