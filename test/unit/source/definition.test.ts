import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { definesSymbol, definitionLine } from "../../../src/source/definition.ts";

suite("A line that defines load", () => {
  const lines = [
    "def load(self):",
    "  async def load(id):",
    "  def self.load",
    "  defp load(id) do",
    "function load() {",
    "export async function load(id: string): Promise<Cart> {",
    "export default async function* load() {",
    "const load = (id) => {",
    "  load: function (id) {",
    "  load = async (id: string) => {",
    "  load(id) {",
    "  async load<T>(id: T): Promise<T> {",
    "func load(w http.ResponseWriter) error {",
    "func (c *Cart) load() {",
    "func load[T any](x T) {",
    "pub async fn load(id: u8) -> Cart {",
    "fn load<'a>(x: &'a str) {",
    "  public Cart load(int id) throws IOException {",
    "  public async Task<List<Cart>> load(int id)",
    "  private static function load(array $x): void",
    "fun load(id: Int) = cart(id)",
    "class load:",
  ];
  for (const line of lines) test(`is ${line.trim()}`, () => assert.equal(definesSymbol(line, "load"), true));
});

suite("A line that does not define load", () => {
  const lines = [
    "load(id);",
    "load(id)",
    "return load(id) {",
    "const x = load(id);",
    "const cart = await load(id)",
    "cart.load(id) {",
    "self.load(id)",
    "if (load(id)) {",
    "// function load() {",
    "# def load(self):",
    " * function load() {",
    "def reload(self):",
    "def loads(self):",
    "new load(id) {",
    "go load(id)",
    "import { load } from './cart';",
    'x("load")',
    "cart.on('load', () => {",
  ];
  for (const line of lines) test(`is ${line.trim()}`, () => assert.equal(definesSymbol(line, "load"), false));
});

test("The definition nearest above a line is taken, else the first below", () => {
  const lines = ["def load():", "  pass", "def load():", "  pass", "", "def save():"];
  assert.equal(definitionLine(lines, "load", 4), 3);
  assert.equal(definitionLine(lines, "load", 2), 1);
  assert.equal(definitionLine(lines, "load", 0), 1);
  assert.equal(definitionLine(lines, "save", 2), 6);
  assert.equal(definitionLine(lines, "gone", 2), 0);
  assert.equal(definitionLine([], "load", 9), 0);
});

test("A line of any text is judged in no time", () => {
  const before = process.cpuUsage();
  for (const line of [
    "load(".repeat(390),
    `${"(a) ".repeat(490)}load(`,
    `${"a ".repeat(990)}load(`,
    `${"( ".repeat(990)}load`,
    `${"<(".repeat(900)}load(`,
  ]) {
    definesSymbol(line, "load");
  }
  const { user, system } = process.cpuUsage(before);
  assert.ok((user + system) / 1000 < 200);
});
