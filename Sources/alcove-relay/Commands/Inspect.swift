// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import RelayLog

struct Inspect: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Everything that the relay knows about its channels and what they were paid with.",
    discussion: "That is the claim, made visible: there is nothing else in the store.")

  @OptionGroup var options: CommonOptions

  func run() async throws {
    try await Failure.reported(options) {
      let home = RelayHome(options)
      _ = try home.identity()
      let channels = try SQLiteRelayStore.knowledge(path: home.store)
      let postage = try SQLiteRelayStore.postage(path: home.store)
      if options.json {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let list = String(decoding: try encoder.encode(channels), as: UTF8.self)
        let spent = String(decoding: try encoder.encode(postage), as: UTF8.self)
        print(#"{"channels":\#(list),"postage":\#(spent),"type":"inspect","v":1}"#)
        return
      }
      print("\(channels.count) channels; no names, no keys, no readable content")
      for channel in channels {
        print("\nchannel \(channel.channel)  \(channel.class), \(channel.state)")
        print("  SHA-256 of the access token  \(channel.tokenHash)")
        print("  SHA-256 of the turn secret   \(channel.turnHash)")
        print("  head \(channel.head), chain \(channel.chain)")
        print("  \(channel.turns) turns, \(channel.bytes / 1_024) KiB")
        for entry in channel.entries {
          let day = entry.day.map { "day \($0)" } ?? "body gone"
          print(
            "  \(entry.seq)  \(entry.size / 1_024) KiB  \(day)  id \(entry.id)"
              + (entry.turns ? "  turned the lock" : ""))
        }
        for blob in channel.blobs {
          print("  blob \(blob.id)  \(blob.state), \(blob.parts) MiB, day \(blob.day)")
        }
        for token in postage where token.channel == channel.channel {
          print("  paid for with token \(token.nonce), which says nothing about its holder")
        }
      }
      let others = postage.filter { $0.channel == nil }.count
      if others > 0 {
        print("\n\(others) tokens spent on more time, or on channels that are forgotten")
      }
    }
  }
}
