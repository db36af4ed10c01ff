/** The demo's shop: a small real one, with the SDK on, and beside it what Segue makes of it. */
import { type MouseEvent, type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Told } from "../frame/Frame";
import { readScreen } from "../frame/settings";
import { languageOf } from "../frame/words";
import { Away, NotThere, readShop, type Shop } from "../goods/catalogue";
import { type Account, accountKept, keepAccount, logIn, until } from "./account";
import { Banner } from "./Banner";
import { Category, Home, Search } from "./Browse";
import { amount } from "../goods/money";
import { type Cart, keepCart, priceOf, readCart, withCoupon } from "./cart";
import { CartPage } from "./CartPage";
import { Checkout, Thanks } from "./Checkout";
import { Categories, Header } from "./Header";
import { Live } from "./live/Live";
import { LogIn } from "./LogIn";
import { Pane } from "./Pane";
import { ProductPage } from "./ProductPage";
import { go, type Route, routeOf, useSearch, within } from "./route";
import { type Purposes, type Segue, startSdk } from "./sdk";
import styles from "./Shop.module.css";
import { sayIn, ShopContext, type Shopping, sumIn } from "./shop";

const screen = readScreen("shop");
/** milliseconds that a word about what was done stands there */
const TOLD = 5_000;
const say = sayIn(screen.locale);
document.documentElement.lang = languageOf(screen.locale);

export default function DemoShop() {
  const [shop, setShop] = useState<Shop | "none" | "away" | null>(null);
  const load = useCallback(() => {
    readShop().then(setShop, (error: unknown) => setShop(error instanceof NotThere && !(error instanceof Away) ? "none" : "away"));
  }, []);
  useEffect(load, [load]);
  if (shop === null) return <main aria-busy="true" />;
  if (shop === "none") {
    return (
      <Told title={say("noShop")}>
        <p>{say("noShopHow")}</p>
      </Told>
    );
  }
  if (shop === "away") {
    return (
      <Told title={say("away")}>
        <button type="button" className="screen-button" onClick={load}>
          {say("again")}
        </button>
      </Told>
    );
  }
  return <Open shop={shop} />;
}

/** The SDK at work, and what she said to it. */
function useSegue(account: Account | null): {
  segue: Segue | null;
  said: Purposes | null;
  consent: (purposes: Purposes) => void;
  leave: () => void;
} {
  const [segue, setSegue] = useState<Segue | null>(null);
  const [said, setSaid] = useState<Purposes | null>(null);
  const token = account?.identity_token ?? null;
  const told = useRef<string | null>(null);
  useEffect(() => {
    told.current = accountKept()?.identity_token ?? null;
    void startSdk(screen, told.current).then((found) => {
      setSegue(found);
      setSaid(found?.consented ?? null);
    });
  }, []);
  useEffect(() => {
    // telling it asks for every slot again: only what the SDK does not know yet
    if (segue === null || told.current === token) return;
    told.current = token;
    segue.identityToken(token);
  }, [segue, token]);
  const consent = (purposes: Purposes): void => {
    segue?.consent(purposes);
    setSaid(purposes);
    if (account && Object.values(purposes).some(Boolean)) segue?.identify(account.user_id, { email: account.email });
  };
  const leave = (): void => {
    told.current = null;
    segue?.reset(); // whoever comes next is somebody else
  };
  return { segue, said, consent, leave };
}

/** Who has logged in; her token is renewed in time. */
function useAccount(): [Account | null, (account: Account | null) => void] {
  const [account, setAccount] = useState(accountKept);
  useEffect(() => {
    if (account === null) return;
    const timer = setTimeout(() => {
      void logIn(account.user_id).then((fresh) => setAccount((now) => (now === null ? null : (fresh ?? now))));
    }, until(account, Date.now()) || 1_000);
    return () => clearTimeout(timer);
  }, [account]);
  const set = useCallback((now: Account | null) => {
    keepAccount(now);
    setAccount(now);
  }, []);
  return [account, set];
}

function Open({ shop }: { shop: Shop }) {
  const route = routeOf(useSearch());
  const [cart, setCart] = useState<Cart>(() => readCart());
  const [account, setAccount] = useAccount();
  const { segue, said, consent, leave } = useSegue(account);
  const [asking, setAsking] = useState(false);
  const [told, setTold] = useState("");
  const [tab, setTab] = useState<"shop" | "live">("shop");
  const [device, setDevice] = useState(0);

  useEffect(() => keepCart(cart), [cart]);
  useEffect(() => {
    const timer = setTimeout(() => setTold(""), TOLD);
    return () => clearTimeout(timer);
  }, [told]);
  const shopping = useMemo<Shopping>(
    () => ({ say, sum: sumIn(shop.currency, screen.locale), shop, segue, cart, change: setCart, account, setAccount, announce: setTold }),
    [shop, segue, cart, account, setAccount],
  );
  const logOut = (): void => {
    leave();
    setAccount(null);
    setDevice((now) => now + 1);
  };
  const agreed = said !== null && Object.values(said).some(Boolean);
  const basket = cart.lines.map(({ product, quantity }) => ({ sku: product.sku, quantity, price: amount(priceOf(cart, product)) }));

  return (
    <ShopContext value={shopping}>
      <div className={styles.whole}>
        <div
          className={styles.shop}
          data-tab={tab}
          data-segue-cart={cart.id}
          data-segue-basket={JSON.stringify(basket)}
          onClick={(event) => followed(event, setCart, setTold)}
        >
          <a className={styles.skip} href="#content" onClick={skip}>
            {say("skip")}
          </a>
          <Header route={route} onLogOut={logOut} />
          <Categories current={route.page === "category" ? route.category : null} />
          <main id="content" tabIndex={-1} className={styles.main}>
            {page(route)}
          </main>
          <footer className={styles.footer}>
            <span>{say("demo")}</span>
            {screen.write === "" && <span>{say("unset")}</span>}
            {segue && (
              <button type="button" className={styles.plain} data-segue-ignore="" onClick={() => setAsking(true)}>
                {say("privacy")}
              </button>
            )}
          </footer>
          <p className={styles.toast} role="status">
            {told}
          </p>
          {segue && (said === null || asking) && (
            <Banner
              said={said}
              onSaid={(purposes) => {
                consent(purposes);
                setAsking(false);
              }}
            />
          )}
        </div>
        <Pane say={say} tab={tab}>
          <Live key={device} locale={screen.locale} userId={account?.user_id ?? null} agreed={agreed} />
        </Pane>
        <nav className={styles.tabs} aria-label={say("live")} data-segue-ignore="">
          {(["shop", "live"] as const).map((one) => (
            <button key={one} type="button" aria-pressed={tab === one} onClick={() => setTab(one)}>
              {say(one === "shop" ? "shopShort" : "liveShort")}
            </button>
          ))}
        </nav>
      </div>
    </ShopContext>
  );
}

function page(route: Route): ReactNode {
  if (route.page === "category") return <Category key={route.category} category={route.category} />;
  if (route.page === "search") return <Search key={route.text} text={route.text} />;
  if (route.page === "product") return <ProductPage key={route.sku} sku={route.sku} />;
  if (route.page === "cart") return <CartPage />;
  if (route.page === "checkout") return <Checkout />;
  if (route.page === "log-in") return <LogIn />;
  if (route.page === "thanks") return <Thanks order={route.order} />;
  return <Home />;
}

function skip(event: MouseEvent): void {
  event.preventDefault();
  document.getElementById("content")?.focus();
}

/** Links within the shop change the page without loading it; an offer that is followed brings its price along. */
function followed(event: MouseEvent, change: (by: (cart: Cart) => Cart) => void, announce: (text: string) => void): void {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const href = within(link.href, location.href);
  if (href === null || link.target === "_blank") return;
  event.preventDefault();
  const offer = link.closest<HTMLElement>("[data-shop-discount]");
  const to = routeOf(href.slice(href.indexOf("?")));
  if (offer && to.page === "product") {
    const coupon = { sku: to.sku, percent: Number(offer.dataset.shopDiscount), action: offer.dataset.shopAction ?? "" };
    change((cart) => withCoupon(cart, coupon));
  }
  // what an offer does elsewhere than in the shop's pages is only taken note of
  if (offer && to.page === "home" && href.includes("?")) announce(say("noted"));
  else go(href);
}
