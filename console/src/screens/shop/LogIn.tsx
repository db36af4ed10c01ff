/** Logging in, as one of the demo's customers. */
import { useState } from "react";
import { logIn } from "./account";
import { Heading } from "./Heading";
import { go, hrefOf } from "./route";
import styles from "./Shop.module.css";
import { useShop } from "./shop";

export function LogIn() {
  const { say, shop, setAccount, segue } = useShop();
  const [failed, setFailed] = useState(false);
  const [busy, setBusy] = useState("");
  const enter = async (userId: string): Promise<void> => {
    setBusy(userId);
    const account = await logIn(userId);
    setBusy("");
    setFailed(account === null);
    if (account === null) return;
    setAccount(account);
    segue?.identify(account.user_id, { email: account.email });
    go(hrefOf({ page: "home" }));
  };
  return (
    <div className={styles.form} data-segue-ignore="">
      <Heading>{say("logInTitle")}</Heading>
      <p>{shop.customers.length > 0 ? say("logInText") : say("logInNone")}</p>
      <ul className={styles.accounts}>
        {shop.customers.map((customer) => (
          <li key={customer.user_id}>
            <button
              type="button"
              className="screen-button"
              data-quiet
              disabled={busy !== ""}
              onClick={() => void enter(customer.user_id)}
            >
              {customer.email}
            </button>
          </li>
        ))}
      </ul>
      {failed && <p role="alert">{say("logInFailed")}</p>}
    </div>
  );
}
