// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Consent
import Engine

/// `alcove invite NAME`
struct InviteCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "invite", abstract: "invite a client: link and QR code", usage: "NAME")
  static let examples = [
    "alcove invite mara", "alcove invite mara --expires 2d --offer text --offer questionnaires",
    "alcove invite mara --form form.txt --until 2027-06-30", "alcove invite mara --json",
  ]
  static let exits: [ExitStatus] = [.locked, .unreachable, .quota, .noProfile, .inUse, .identity]

  @Argument(help: "A name that only you see.") var name: String
  @Option(help: ArgumentHelp("How long the link is good.", valueName: "time"))
  var expires = HumanDuration(seconds: 7 * 86_400)
  @OptionGroup(title: "TERMS") var terms: TermsOptions
  @Option(
    help: ArgumentHelp("Write the QR code to this PNG file.", valueName: "file"),
    completion: .file())
  var png: String?
  @Flag(help: .hidden) var again = false
  @OptionGroup(title: "COMMON OPTIONS") var common: CommonOptions

  func execute(_ tool: Tool) async throws {
    guard !again else { throw Coming.failure("invite --again") }
    let name = try LocalName(typed: name)
    let session = try tool.open()
    let progress = Progress("leaving the offer at the relay", on: tool.console)
    let invitation = try await session.alcove.invite(
      name, expiresIn: expires.seconds,
      terms: terms.isEmpty ? nil : try terms.changing(try session.alcove.standardTerms()))
    progress.end()
    try await show(invitation, on: tool)
    await session.close()
  }

  private func show(_ invitation: Invitation, on tool: Tool) async throws {
    let console = tool.console
    let link = invitation.link.text
    let expires = LocalTime(seconds: invitation.expires)
    console.emit(
      "invitation",
      [
        "person": .string(invitation.name.text), "link": .string(link),
        "expires_at": .time(expires),
      ])
    guard !console.isJSON else { return try writePNG(of: link, on: console) }
    let who = console.shown(invitation.name.text)
    console.say(
      "Invitation for \"\(who)\" (a name only you see). Good once, until \(expires.moment).")
    console.say()
    try paint(link, tool)
    console.line(link)
    console.say()
    console.say("On their computer they run:   alcove accept '\(link)'")
    console.say(
      "Whoever has this link before it is used can pose as \(who). Afterwards compare numbers:"
        + "   alcove verify \(Shell.quoted(invitation.name.text))")
    console.next("alcove sync", "alcove verify \(Shell.quoted(invitation.name.text))")
  }

  /// The code in the terminal where it is large enough, else as a file.
  private func paint(_ link: String, _ tool: Tool) throws {
    let console = tool.console
    if png != nil { return try writePNG(of: link, on: console) }
    guard console.isInteractive, let code = QRCode(link) else { return }
    if let size = Terminal.size(of: .standardError), QRPainter.fits(code, in: size),
      console.noteStyle.isOn
    {
      for line in QRPainter.lines(code) { console.say("    " + line) }
      console.say()
    } else {
      let place = tool.directories.state + "/invitation.png"
      do throws(SystemFailure) {
        try Files.makeDirectory(tool.directories.state)
        try Files.write(PNGImage.encode(code), to: place, existing: .replace)
      } catch {
        throw Failure(error, path: place)
      }
      console.say("This window is too small for the QR code; it is in \(Printable.line(place))")
      console.say()
    }
  }

  private func writePNG(of link: String, on console: Console) throws {
    guard let png else { return }
    guard let code = QRCode(link) else { throw Failure(.failed, "the link does not fit a QR code") }
    do throws(SystemFailure) {
      try Files.write(PNGImage.encode(code), to: png, existing: .refuse)
    } catch {
      throw Failure(error, path: png)
    }
    console.ok("QR code in \(Printable.line(png))")
  }
}
