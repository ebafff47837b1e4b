import * as vscode from "vscode";
import { chooseProxy } from "./proxyChoice.ts";

/** The proxy for a URL as VS Code and the environment are set up; undefined for a direct connection. */
export function proxyFor(url: string): string | undefined {
  const http = vscode.workspace.getConfiguration("http");
  const settings = {
    proxy: http.get<unknown>("proxy"),
    proxySupport: http.get<unknown>("proxySupport"),
    noProxy: http.get<unknown>("noProxy"),
    proxyAuthorization: http.get<unknown>("proxyAuthorization"),
  };
  return chooseProxy(url, settings, process.env);
}
