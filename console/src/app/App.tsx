import { Drawer, localStorageColorSchemeManager, MantineProvider, mergeThemeOverrides, Modal, PasswordInput } from "@mantine/core";
import { ModalsProvider } from "@mantine/modals";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { createBrowserRouter, RouterProvider } from "react-router";
import { makeQueries } from "./queries";
import { routes } from "./routes";
import { resolver, theme } from "./theme";

const schemes = localStorageColorSchemeManager({ key: "segue-scheme" });

/** Everything that all pages stand in. */
export function App({ nonce }: { nonce: string }) {
  const [queries] = useState(makeQueries);
  const [router] = useState(() => createBrowserRouter(routes, { basename: "/console/" }));
  const { t } = useTranslation("parts");
  const spoken = useMemo(() => {
    const defaultProps = { closeButtonProps: { "aria-label": t("close") } };
    const components = {
      Drawer: Drawer.extend({ defaultProps }),
      Modal: Modal.extend({ defaultProps: { ...theme.components?.Modal?.defaultProps, ...defaultProps } }),
      PasswordInput: PasswordInput.extend({ defaultProps: { visibilityToggleButtonProps: { "aria-label": t("showPassword") } } }),
    };
    return mergeThemeOverrides(theme, { components });
  }, [t]);
  return (
    <MantineProvider
      theme={spoken}
      cssVariablesResolver={resolver}
      defaultColorScheme="auto"
      colorSchemeManager={schemes}
      getStyleNonce={() => nonce}
    >
      <QueryClientProvider client={queries}>
        <ModalsProvider labels={{ confirm: t("confirm.yes"), cancel: t("confirm.no") }}>
          <Notifications position="bottom-center" limit={3} />
          <RouterProvider router={router} />
        </ModalsProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
}
