### Errors: for each stable code its cause, `error-<code>`, and the next step, `error-<code>-next`.
