// PostGraphile with aggregates over the tables of the tasks and the directory: server.js SOCKET-FOLDER SOCKET-PORT PORT
const http = require("node:http");
const { Pool } = require("pg");
const { postgraphile } = require("postgraphile");
const aggregates = require("@graphile/pg-aggregates").default;

const [folder, socketPort, port] = process.argv.slice(2);
const pool = new Pool({ host: folder, port: Number(socketPort), user: "ioc", database: "ioc" });
const options = {
  appendPlugins: [aggregates],
  dynamicJson: true,
  disableQueryLog: true,
  ignoreRBAC: true,
};
http.createServer(postgraphile(pool, ["tasks", "directory"], options)).listen(Number(port), "127.0.0.1");
