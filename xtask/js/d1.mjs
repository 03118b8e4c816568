// Works on the file of a local D1 database, whether or not the Worker runs on it.
//
//   d1.mjs migrate FILE DIRECTORY   applies what is new, as `wrangler d1 migrations apply` does
//   d1.mjs exec FILE                runs the SQL of standard input in one transaction
//   d1.mjs query FILE SQL           prints the rows as JSON
import { mkdirSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";

const [command, file, argument] = process.argv.slice(2);
mkdirSync(dirname(file), { recursive: true });
const database = new DatabaseSync(file, { timeout: 10_000 });
database.exec("PRAGMA journal_mode = WAL");

/** Runs `work` in one transaction. */
function atomically(work) {
  database.exec("BEGIN IMMEDIATE");
  try {
    work();
    database.exec("COMMIT");
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}

/** Applies the migrations that the database has not seen, in the order of their names. */
function migrate(directory) {
  database.exec(`CREATE TABLE IF NOT EXISTS d1_migrations(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT UNIQUE,
    applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
  )`);
  const seen = new Set(database.prepare("SELECT name FROM d1_migrations").all().map((row) => row.name));
  const applied = readdirSync(directory)
    .filter((name) => name.endsWith(".sql") && !seen.has(name))
    .sort();
  for (const name of applied) {
    const sql = readFileSync(join(directory, name), "utf8");
    try {
      atomically(() => {
        database.exec(sql);
        database.prepare("INSERT INTO d1_migrations(name) VALUES (?)").run(name);
      });
    } catch (error) {
      throw new Error(`migration ${name}: ${error.message}`);
    }
  }
  return applied;
}

switch (command) {
  case "migrate":
    console.log(JSON.stringify(migrate(argument)));
    break;
  case "exec":
    atomically(() => database.exec(readFileSync(0, "utf8")));
    break;
  case "query":
    console.log(JSON.stringify(database.prepare(argument).all()));
    break;
  default:
    throw new Error(`d1.mjs knows no ${command}`);
}
database.close();
