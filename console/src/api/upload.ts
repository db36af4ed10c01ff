/** Send one file as it is, with progress. */
import { ApiError, toError } from "./client";

export interface UploadedFile {
  name: string;
  bytes: number;
  at: string;
}

/**
 * POST the file's bytes to the inbox. `onProgress` gets 0..1. Throws ApiError; an aborted `signal`
 * rejects with an AbortError.
 */
export function upload(file: File, onProgress?: (fraction: number) => void, signal?: AbortSignal): Promise<UploadedFile> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/v1/uploads?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.responseType = "json";
    request.upload.onprogress = (event) => {
      if (event.lengthComputable && event.total > 0) onProgress?.(event.loaded / event.total);
    };
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(request.response as UploadedFile);
      else reject(toError(request.status, request.response, request.getResponseHeader("Retry-After")));
    };
    request.onerror = () => reject(new ApiError(0, "unreachable", "the server does not answer"));
    request.onabort = () => reject(new DOMException("the upload was stopped", "AbortError"));
    signal?.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}
