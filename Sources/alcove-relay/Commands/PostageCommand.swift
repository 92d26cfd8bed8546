// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Postage
import RelayLog
import RelayProtocol

struct PostageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "postage", abstract: "Issue postage to therapists, or change its key.",
    discussion: """
      A channel costs one token of postage, where the relay asks for any: two for each client. A therapist \
      sends a request, you decide and answer it. Which channels are paid with it cannot be told.
      """,
    subcommands: [Issue.self, Rotate.self])

  struct Issue: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Answer a therapist's request for postage.",
      discussion: """
        EXAMPLE
          on the therapist's computer:   alcove relay postage request 20 > request
          here:                          alcove-relay postage issue < request > answer
          on the therapist's computer:   alcove relay postage take < answer
        """)

    @OptionGroup var options: CommonOptions
    @Option(help: "Sign at most so many.") var most: Int = PostageText.largestCount

    func run() async throws {
      try await Failure.reported(options) {
        let home = RelayHome(options)
        _ = try home.identity()
        guard let input = Console.read(limit: 1 << 20),
          let text = String(validating: input, as: UTF8.self),
          let requests = try? PostageText.requests(in: text)
        else {
          throw Failure(
            code: "no-request", exit: 64,
            message: "That is no request for postage. Nothing was signed.",
            next: ["on the therapist's computer: alcove relay postage request 20 > request"])
        }
        guard requests.count <= most else {
          throw Failure(
            code: "too-many", exit: 1,
            message: "The request is for \(requests.count). Nothing was signed.",
            next: [
              "alcove-relay postage issue --directory \(home.word) --most \(requests.count) < REQUEST"
            ])
        }
        let key = try home.postageKey()
        let answers: [PostageAnswer]
        do {
          answers = try requests.map { try key.answer($0) }
        } catch {
          // A relay that was not started again since the change shows the key before, for ever.
          throw Failure(
            code: "other-key", exit: 1,
            message: "The request is for another relay, or for a key that was changed since."
              + " Nothing was signed.",
            next: (home.isServed && home.hasPreviousPostageKey
              ? ["start the relay again, unless it was since `postage rotate`; then"] : [])
              + ["on the therapist's computer: alcove relay postage request \(requests.count)"])
        }
        let answer = PostageText.write(answers)
        if options.json {
          try Console.object([
            "v": 1, "type": "postage", "count": answers.count, "answer": answer,
          ])
        } else {
          try Console.put(answer)
          Console.note("ok  signed \(answers.count)")
        }
      }
    }
  }

  struct Rotate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a new postage key.",
      discussion: """
        What was issued under the key before stays good until the next change; requests made for it \
        have to be made again. A running relay takes the new key when it is started again.
        """)

    @OptionGroup var options: CommonOptions

    func run() async throws {
      try await Failure.reported(options) {
        let home = RelayHome(options)
        _ = try home.identity()
        try home.requireRelay()
        try home.changePostageKey()
        try Console.line(
          options.json
            ? JSONText.of(["v": 1, "type": "postage-key"])
            : "ok  a new postage key; start the relay again, so that it takes what is issued now")
      }
    }
  }
}
